# Sourced by pid 1 of the farm and of every host.

# An empty /tmp of one's own, in which only these directories of the machine's /tmp are seen.
private_tmp() {
  mkdir -p /run/outer-tmp
  mount --rbind /tmp /run/outer-tmp
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  local kept
  for kept; do
    case $kept in
      /tmp/*) mkdir -p "$kept" && mount --bind "/run/outer-tmp/${kept#/tmp/}" "$kept" ;;
    esac
  done
  umount -l /run/outer-tmp
  rmdir /run/outer-tmp
}

# What differs between machines although they share a file system.
private_places() {
  mount -t sysfs sysfs /sys
  mount -t tmpfs tmpfs /sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/sshd /run/lock /run/netns
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm
  private_tmp "$@"
}

# Pid 1 says "up" on descriptor 3, reaps orphans, and ends with its standard input. Its name is its
# last word: so the host is found from outside.
become_init() {
  exec perl -e '$SIG{CHLD} = "IGNORE"; open(my $up, ">&=", 3); print $up "up\n"; close $up;
    1 while sysread STDIN, $_, 4096' -- "$1"
}
