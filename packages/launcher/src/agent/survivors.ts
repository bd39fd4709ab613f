import { setTimeout as delay } from "node:timers/promises";
import { jobProcesses, sendSignal } from "./processes.js";

const POLL_MILLISECONDS = 20;
/** Rounds of KILL: a process may fork between being listed and being killed. */
const KILL_ROUNDS = 50;

/**
 * Ends every process of a job that is still there once its ranks are gone: background
 * children, processes with a session of their own. TERM first, KILL after the grace.
 */
export async function endSurvivors(jobId: string, graceSeconds: number): Promise<void> {
  const deadline = performance.now() + graceSeconds * 1e3;
  let alive = jobProcesses(jobId);
  if (graceSeconds > 0) {
    for (const pid of alive) {
      sendSignal(pid, "SIGTERM");
      sendSignal(pid, "SIGCONT");
    }
    while (alive.length > 0 && performance.now() < deadline) {
      await delay(POLL_MILLISECONDS);
      alive = jobProcesses(jobId);
    }
  }
  for (let round = 0; alive.length > 0 && round < KILL_ROUNDS; round++) {
    for (const pid of alive) sendSignal(pid, "SIGKILL");
    await delay(POLL_MILLISECONDS);
    alive = jobProcesses(jobId);
  }
}
