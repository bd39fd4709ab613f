/** What /proc knows about processes. Without a /proc all of it is empty. */
import { readFileSync, readdirSync } from "node:fs";
import { JOB_ID_VARIABLE } from "@tsmpi/protocol";

/** Identity of a process that survives the reuse of its number: pid, start time, boot. */
export function processIdentity(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name, in parentheses, may hold anything; the fields behind it do not.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    if (state === "Z" || state === "X") return undefined;
    return `${pid} ${fields[19]} ${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}`;
  } catch {
    return undefined;
  }
}

/** Living processes of a job, by the variable every rank inherits; zombies have no environment. */
export function jobProcesses(jobId: string): number[] {
  const mark = `${JOB_ID_VARIABLE}=${jobId}\0`;
  return processNumbers().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark);
    } catch {
      return false; // gone, or another user's
    }
  });
}

function processNumbers(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid);
  } catch {
    return [];
  }
}

/** Sends a signal to a process, or with a negative number to a group; false when it is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
