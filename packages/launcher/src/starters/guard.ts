/**
 * A shell that waits for the launcher's death, to end the tools that it has started: an ssh to a
 * host that has lost the network would stay for a quarter of an hour.
 */
import { startSentinel } from "../agent/sentinel.js";

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
  const shell = startSentinel(SCRIPT, "tsmpi-guard", [String(patience)]);
  let last = -1;
  return {
    watch(pid) {
      const number = ++last;
      shell.tell(`started ${number} ${pid}`);
      return () => void shell.tell(`ended ${number}`);
    },
    dismiss: () => void shell.dismiss("dismissed"),
  };
}
