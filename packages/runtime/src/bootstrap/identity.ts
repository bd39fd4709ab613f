import { readlinkSync, symlinkSync } from "node:fs";
import { MPIError, PROCESS_VARIABLE, RANK_VARIABLES, identityPath } from "@tsmpi/protocol";

/** Identities that this process has taken. */
const claimed = new Set<string>();

/**
 * The first process with a rank's environment that loads this library is the rank, whatever has started it; processes
 * that it starts find here who that is.
 */
export function markRank(): void {
  process.env[PROCESS_VARIABLE] ??= String(process.pid);
}

/**
 * Takes a rank's identity for this process, at its first communication. Child processes and worker
 * threads inherit the variables that make a rank; a second one that communicates would take over the
 * first one's socket without a word, so it gets an error, and the first is not disturbed.
 *
 * The claim is a symbolic link that holds the process number: made and filled in one step. It finds those that were
 * started before the rank had loaded the library, and so are not marked.
 */
export function claimIdentity(jobDirectory: string, rank: number): void {
  if (isWorkerThread()) {
    throw new MPIError(
      "ERR_OTHER",
      "this is a worker thread: a rank communicates from its main thread only; pass data by messages of Node's",
    );
  }
  const path = identityPath(jobDirectory, rank);
  if (claimed.has(path)) return;
  const { pid } = process;
  const without = `without ${RANK_VARIABLES.join(", ")}`;
  const marked = process.env[PROCESS_VARIABLE] ?? String(pid);
  if (marked !== String(pid)) {
    throw new MPIError(
      "ERR_OTHER",
      `process ${marked} is rank ${rank}, and this one (${pid}) has inherited its environment; start it ${without}`,
    );
  }
  try {
    symlinkSync(String(pid), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new MPIError(
      "ERR_OTHER",
      `process ${readlinkSync(path)} and this one (${pid}) both take themselves for rank ${rank}; one has inherited ` +
        `the environment of the other: start that one ${without}`,
    );
  }
  claimed.add(path);
}

/**
 * Whether this is not the process's main thread. Without loading node:worker_threads, which costs as much as a third
 * of a rank's other start-up.
 */
export function isWorkerThread(): boolean {
  return (process.chdir as { disabled?: boolean }).disabled === true;
}
