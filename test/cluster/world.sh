#!/bin/bash
# world.sh FARM N KEEP…: pid 1 of the farm, and its login host `head` (10.77.0.254).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
farm=$1 count=$2
shift 2
last=$(printf node%02d "$count")

hostname head
private_places "$farm" "$@"
mkdir -p /run/etc/upper /run/etc/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc

# A home that all hosts share, root's by the farm's own passwd. Other login shells are users, too.
home=$farm/home
mkdir -p -m 700 "$home/.ssh"
sed -i "s#^root:.*#root:x:0:0:root:$home:/bin/bash#" /etc/passwd
for shell in dash tcsh fish; do
  path=$(command -v $shell) && echo "$shell:x:0:0:$shell:$home:$path" >>/etc/passwd
done

ssh-keygen -q -t ed25519 -N '' -C farm -f "$home/.ssh/id_ed25519"
ssh-keygen -q -t ed25519 -N '' -C host -f "$farm/host_key"
cp "$home/.ssh/id_ed25519.pub" "$home/.ssh/authorized_keys"
echo "node*,10.77.0.* $(cut -d' ' -f1,2 "$farm/host_key.pub")" >"$home/.ssh/known_hosts"
{
  printf '127.0.0.1 localhost\n10.77.0.254 head\n'
  for i in $(seq 1 "$count"); do printf '10.77.0.%d node%02d\n' "$i" "$i"; done
} >/etc/hosts

# All network namespaces share one table of neighbours, of 1024 entries: 32 hosts that all talk to each
# other overrun it. Permanent entries do not count, so many hosts know each other from the beginning.
if [ "$count" -gt 16 ]; then
  for i in $(seq 1 "$count"); do
    printf 'neigh replace 10.77.0.%d lladdr 02:00:0a:4d:00:%02x nud permanent dev eth0\n' "$i" "$i"
  done >"$farm/neighbours"
fi

ip link set lo up
ip link add br0 type bridge
ip addr add 10.77.0.254/24 dev br0
ip link set br0 up
if [ "${SLURM:-}" ]; then
  (umask 077 && head -c 128 /dev/urandom >"$farm/munge.key")
  sed "s#@FARM@#$farm#; s#@NODES@#node[01-${last#node}]#" "$here/slurm.conf" >/etc/slurm/slurm.conf
  echo CgroupPlugin=cgroup/v1 >/etc/slurm/cgroup.conf
  bash "$here/slurm.sh" "$farm" slurmctld
fi
for i in $(seq 1 "$count"); do
  name=$(printf node%02d "$i")
  ip netns add "$name"
  ip link add "v$name" type veth peer name eth0 address "$(printf 02:00:0a:4d:00:%02x "$i")" netns "$name"
  ip link set "v$name" master br0
  bash "$here/boot.sh" "$farm" "$name" "$i" "$@" &
  boots[$i]=$!
done
for boot in "${boots[@]}"; do wait "$boot"; done
become_init head 3>&1
