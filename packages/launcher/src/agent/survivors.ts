import { setTimeout as delay } from "node:timers/promises";
import { jobProcesses, sendSignal } from "./processes.js";

const POLL_MILLISECONDS = 20;
/** A filter behind a rank (`> >(tee log)`) ends by itself, a moment after it. */
const LINGER_MILLISECONDS = 200;
/** Rounds of KILL: a process may fork between being listed and being killed. */
const KILL_ROUNDS = 50;

/**
 * Ends every process of a job that is still there once its ranks are gone: background
 * children, processes with a session of their own. TERM first, KILL after the grace.
 */
export async function endSurvivors(jobId: string, graceSeconds: number): Promise<void> {
  let alive = jobProcesses(jobId);
  const untilGone = async (milliseconds: number) => {
    const deadline = performance.now() + milliseconds;
    while (alive.length > 0 && performance.now() < deadline) {
      await delay(POLL_MILLISECONDS);
      alive = jobProcesses(jobId);
    }
  };
  if (graceSeconds > 0) {
    await untilGone(LINGER_MILLISECONDS);
    for (const pid of alive) {
      sendSignal(pid, "SIGTERM");
      sendSignal(pid, "SIGCONT");
    }
    await untilGone(graceSeconds * 1e3);
  }
  for (let round = 0; alive.length > 0 && round < KILL_ROUNDS; round++) {
    for (const pid of alive) sendSignal(pid, "SIGKILL");
    await delay(POLL_MILLISECONDS);
    alive = jobProcesses(jobId);
  }
}
