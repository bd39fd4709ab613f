#!/bin/bash
# host.sh FARM NAME NUMBER KEEP…: pid 1 of one host. Says "up" on descriptor 3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
farm=$1 name=$2 address=10.77.0.$3
shift 3

hostname "$name"
private_places "$farm" "$@"
ip link set lo up
ip link set eth0 up
ip addr replace "$address/24" dev eth0
[ ! -e "$farm/neighbours" ] || ip -force -batch "$farm/neighbours"
/usr/sbin/sshd -f /dev/null -h "$farm/host_key" -E "$farm/$name.sshd.log" -o ListenAddress="$address" \
  -o AuthorizedKeysFile="$farm/home/.ssh/authorized_keys" -o StrictModes=no -o PermitRootLogin=prohibit-password \
  -o PasswordAuthentication=no -o UsePAM=no -o UseDNS=no -o MaxStartups=200 -o MaxSessions=200 -o PidFile=none 3>&-
[ "${SLURM:-}" ] && bash "$here/slurm.sh" "$farm" slurmd 3>&-
# Nothing ever comes down this pipe, and it does not end: a host lives until it is killed.
mkfifo /run/forever
exec <>/run/forever
become_init "$name"
