#!/bin/bash
# boot.sh FARM NAME NUMBER KEEP…: run on the head; (re)starts a host in its network namespace and
# returns when it is up.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
farm=$1 name=$2
up=/run/$name.up
rm -f "$up"
mkfifo "$up"
ip link set "v$name" up
# Only pid 1 of the host holds the pipe's other end before it is up: its death is an end of file.
nsenter --net="/run/netns/$name" setsid unshare --mount --uts --ipc --pid --fork --kill-child --mount-proc \
  --propagation private bash "$here/host.sh" "$@" </dev/null >"$farm/$name.log" 2>&1 3>"$up" &
read -r line <"$up" || { cat "$farm/$name.log" >&2; exit 1; }
