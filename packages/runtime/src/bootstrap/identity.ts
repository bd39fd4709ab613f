import { readlinkSync, symlinkSync } from "node:fs";
import { MPIError, RANK_VARIABLES, identityPath } from "@tsmpi/protocol";

/**
 * Takes a rank's identity for this process, at its first communication. Child processes and worker
 * threads inherit the variables that make a rank; a second one that communicates would take over the
 * first one's socket without a word, so it gets an error, and the first is not disturbed.
 *
 * The claim is a symbolic link that holds the process number: made and filled in one step.
 */
export function claimIdentity(jobDirectory: string, rank: number): void {
  if (isWorkerThread()) {
    throw new MPIError(
      "ERR_OTHER",
      "this is a worker thread: a rank communicates from its main thread only; pass data by messages of Node's",
    );
  }
  const path = identityPath(jobDirectory, rank);
  try {
    symlinkSync(String(process.pid), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new MPIError(
      "ERR_OTHER",
      `process ${readlinkSync(path)} is rank ${rank} already, and this one (${process.pid}) has inherited its ` +
        `environment; start it without ${RANK_VARIABLES.join(", ")}`,
    );
  }
}

/**
 * Whether this is not the process's main thread. Without loading node:worker_threads, which costs as much as a third
 * of a rank's other start-up.
 */
export function isWorkerThread(): boolean {
  return (process.chdir as { disabled?: boolean }).disabled === true;
}
