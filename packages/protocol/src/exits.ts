/** Exit codes of the launcher that are not a rank's own. */
export const EXIT = {
  /** Wrong options or arguments. */
  usage: 2,
  /** The job could not be started or kept up for a reason that is not the program's. */
  failure: 1,
  /** The job's own --timeout passed. */
  timeout: 124,
  /** Every rank waited for another one: the job would never have ended. */
  deadlock: 125,
  /** The program exists but cannot be run. */
  notExecutable: 126,
  /** The program was not found. */
  notFound: 127,
  /** Nobody reads the output any more: 128 + SIGPIPE. */
  readerGone: 141,
  /** Added to the number of the signal that ended a rank or the launcher. */
  signalBase: 128,
} as const;

/** The code with which a job or process ends that is aborted with `code`: 8 bits of it, and never 0. */
export function abortExit(code: number): number {
  return code & 0xff || EXIT.failure;
}
