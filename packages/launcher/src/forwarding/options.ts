/** Which rank reads the launcher's standard input. */
export type StdinTarget = number | "all" | "none";

/** How the output of ranks is shown. */
export interface OutputOptions {
  /** `[rank] ` in front of every line. */
  readonly tag: boolean;
  /** The time in front of every line. */
  readonly timestamp: boolean;
  /** A rank's standard error goes where its standard output goes. */
  readonly mergeStderr: boolean;
  /** A file a rank and stream in this directory; `copy`: to the terminal as well. */
  readonly directory: { readonly path: string; readonly copy: boolean } | undefined;
}
