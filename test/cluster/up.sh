#!/bin/bash
# up.sh FARM N KEEP…: a farm of N hosts below one process, the farm's pid 1. It lives until its
# standard input ends, however that comes about; then the kernel ends everything inside, and the
# farm's directory goes. Says "up" when all hosts are up. SLURM=1 brings Slurm up as well.
set -u
here=$(dirname "$0")
unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc --propagation private \
  bash "$here/world.sh" "$@"
code=$?
rm -rf "$1"
exit $code
