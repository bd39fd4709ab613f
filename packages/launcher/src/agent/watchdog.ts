/**
 * A shell that waits for the launcher's death. It learns of it by end of file, kills what the
 * launcher had started, and removes the job directory. It lives in a session of its own, knows
 * nothing of the job's environment, and costs about a millisecond.
 */
import { spawn } from "node:child_process";
import { JOB_ID_VARIABLE } from "@tsmpi/protocol";
import type { JobDirectory } from "./directory.js";

const SCRIPT = `
last=-1
while read -r event rank pid; do
  case $event in
    started) eval "group$rank=$pid"; [ "$rank" -gt "$last" ] && last=$rank ;;
    ended) eval "group$rank=" ;;
    dismissed) exit 0 ;;
  esac
done
while [ "$last" -ge 0 ]; do
  eval "pid=\\$group$last"
  [ -n "$pid" ] && kill -KILL "-$pid"
  last=$((last - 1))
done
round=0
# grep's own status tells of processes that vanished meanwhile, not of whether it found any.
while [ "$round" -lt 50 ] && found=$(grep -lsaF "$1" /proc/[0-9]*/environ || :) && [ -n "$found" ]; do
  for file in $found; do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}"
  done
  round=$((round + 1))
done
rm -rf "$2"
`;

/** The launcher's end of the link. */
export interface Watchdog {
  /** From now on the rank's process group is killed if the launcher dies. */
  started(rank: number, pid: number): void;
  /** The rank has been reaped: its number may be used by somebody else from now on. */
  ended(rank: number): void;
  /** There is nothing left to watch. */
  dismiss(): void;
}

/** Starts a watchdog; to be done before the first rank starts. */
export function startWatchdog({ jobId, path }: JobDirectory): Watchdog {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "tsmpi-watchdog", `${JOB_ID_VARIABLE}=${jobId}`, path], {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const link = shell.stdin;
  // A system without a shell still runs jobs; only a killed launcher leaves something there.
  shell.on("error", () => {});
  link.on("error", () => {});
  shell.unref();
  return {
    started: (rank, pid) => void link.write(`started ${rank} ${pid}\n`),
    ended: (rank) => void link.write(`ended ${rank}\n`),
    dismiss: () => void link.end("dismissed\n"),
  };
}
