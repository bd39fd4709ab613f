/** Exit codes of the launcher that are not a rank's own. */
export const EXIT = {
  /** Wrong options or arguments. */
  usage: 2,
  /** The job's own --timeout passed. */
  timeout: 124,
  /** The program exists but cannot be run. */
  notExecutable: 126,
  /** The program was not found. */
  notFound: 127,
  /** Added to the number of the signal that ended a rank or the launcher. */
  signalBase: 128,
} as const;
