/**
 * A shell that waits for the launcher's death, kills what the launcher had started, and removes the job
 * directory.
 */
import { JOB_ID_VARIABLE } from "@tsmpi/protocol";
import { startSentinel } from "./sentinel.js";

/**
 * What it looks after: `$1` the mark of the job's processes, `$2` a process to end if it alone is
 * stopped (or nothing), then what to remove. Of a stopped process the launcher hears nothing for six seconds, and gives its host up;
 * so four looks, two seconds apart, come after that. If the ranks are stopped as well, somebody has
 * stopped the whole job and will let it go on.
 */
const SCRIPT = `
mark=$1 guarded=$2 last=-1 eye=
shift 2

stopped() {
  read -r stat < "/proc/$1/stat" || return 1
  case \${stat##*)} in " T "*) ;; *) return 1 ;; esac
}
some_rank_runs() {
  for file in $(grep -lsaF "$mark" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    stopped "\${pid%/environ}" || return 0
  done
  return 1
}
if [ -n "$guarded" ]; then
  (
    trap 'kill "$nap"; exit' TERM
    looks=0
    while [ -d "/proc/$guarded" ]; do
      sleep 2 & nap=$!
      wait "$nap"
      if stopped "$guarded" && some_rank_runs; then looks=$((looks + 1)); else looks=0; fi
      [ "$looks" -lt 4 ] || kill -KILL "$guarded"
    done
  ) < /dev/null &
  eye=$!
fi

while read -r event rank pid; do
  case $event in
    started) eval "group$rank=$pid"; [ "$rank" -gt "$last" ] && last=$rank ;;
    ended) eval "group$rank=" ;;
    dismissed) [ -z "$eye" ] || kill "$eye"; exit 0 ;;
  esac
done
[ -z "$eye" ] || kill "$eye"
while [ "$last" -ge 0 ]; do
  eval "pid=\\$group$last"
  [ -n "$pid" ] && kill -KILL "-$pid"
  last=$((last - 1))
done
round=0
# grep's own status tells of processes that vanished meanwhile, not of whether it found any.
while [ "$round" -lt 50 ] && found=$(grep -lsaF "$mark" /proc/[0-9]*/environ || :) && [ -n "$found" ]; do
  for file in $found; do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}"
  done
  round=$((round + 1))
done
rm -rf "$@"
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

/**
 * Starts a watchdog; to be done before anything of the job is made: starting it takes milliseconds in which
 * the launcher may die.
 *
 * @param paths what may be there of the job's files
 * @param guarded this process is killed if it is stopped for longer than its launcher waits, and the
 *   ranks are not
 */
export function startWatchdog(jobId: string, paths: readonly string[], guarded: boolean): Watchdog {
  const words = [`${JOB_ID_VARIABLE}=${jobId}`, guarded ? String(process.pid) : "", ...paths];
  const shell = startSentinel(SCRIPT, "tsmpi-watchdog", words);
  return {
    started: (rank, pid) => void shell.tell(`started ${rank} ${pid}`),
    ended: (rank) => void shell.tell(`ended ${rank}`),
    dismiss: () => void shell.dismiss("dismissed"),
  };
}
