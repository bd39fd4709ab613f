#!/bin/bash
# slurm.sh FARM slurmctld|slurmd: starts a daemon of Slurm's and the munge it needs, on this host.
set -eu
mkdir -p -m 700 /run/munge-private
mkdir -p -m 755 /run/munge
install -m 400 "$1/munge.key" /run/munge-private/key
/usr/sbin/munged --key-file=/run/munge-private/key --log-file=/run/munge-private/log \
  --pid-file=/run/munge/pid --seed-file=/run/munge-private/seed
mkdir -p /run/slurmctld /run/slurmd
exec "/usr/sbin/$2"
