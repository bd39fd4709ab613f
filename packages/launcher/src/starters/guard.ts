/**
 * A shell that waits for the launcher's death, to end the tools that it has started: an ssh to a
 * host that has lost the network would stay for a quarter of an hour. It learns of the death by end
 * of file, lives in a session of its own and costs about a millisecond.
 */
import { spawn } from "node:child_process";

const SCRIPT = `
last=-1 patience=$1
while read -r event number pid; do
  case $event in
    started) eval "group$number=$pid"; last=$number ;;
    ended) eval "group$number=" ;;
    dismissed) exit 0 ;;
  esac
done
sleep "$patience"
while [ "$last" -ge 0 ]; do
  eval "pid=\\$group$last"
  [ -n "$pid" ] && kill -TERM "-$pid"
  last=$((last - 1))
done
`;

/** The launcher's end of it. */
export interface Guard {
  /** From now on this process group is ended if the launcher dies; returns how to take that back. */
  watch(pid: number): () => void;
  /** There is nothing left to watch. */
  dismiss(): void;
}

/** @param patience seconds that the tools have to end by themselves, as they do with their agents */
export function startGuard(patience = 0): Guard {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "tsmpi-guard", String(patience)], {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const link = shell.stdin;
  shell.on("error", () => {}); // without a shell only a killed launcher leaves something
  link.on("error", () => {});
  shell.unref();
  let last = -1;
  return {
    watch(pid) {
      const number = ++last;
      link.write(`started ${number} ${pid}\n`);
      return () => void link.write(`ended ${number}\n`);
    },
    dismiss: () => void link.end("dismissed\n"),
  };
}
