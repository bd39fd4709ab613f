import { candidatePaths, createJobDirectory, newJobId, type JobDirectory } from "./directory.js";
import { startWatchdog, type Watchdog } from "./watchdog.js";

/**
 * Makes a job directory that goes even if this process is killed: its watchdog comes first. Throws a
 * LaunchProblem when there is no place for one.
 *
 * @param guarded see `startWatchdog`
 */
export function createGuardedDirectory(
  jobId: string = newJobId(),
  guarded = false,
): { readonly job: JobDirectory; readonly watchdog: Watchdog } {
  const watchdog = startWatchdog(jobId, candidatePaths(jobId), guarded);
  try {
    return { job: createJobDirectory(undefined, () => jobId), watchdog };
  } catch (error) {
    watchdog.dismiss(); // a job that does not begin leaves nothing to watch
    throw error;
  }
}
