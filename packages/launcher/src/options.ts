import type { Sink } from "./forwarding/sink.js";

/** Where the launcher says things that are not the program's output. Lines without a newline. */
export interface Reporter {
  /** Something unusual but fine. */
  notice(line: string): void;
  /** For somebody who wants to see every phase. */
  detail(line: string): void;
  /** Something went wrong. */
  problem(line: string): void;
}

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

/** Everything about a run that does not say what runs where. */
export interface LaunchOptions {
  readonly stdin: StdinTarget;
  readonly output: OutputOptions;
  /** The job's deadline in seconds; undefined: none. */
  readonly timeout: number | undefined;
  /** Seconds between INT and TERM, and between TERM and KILL. */
  readonly killGrace: number;
  /** What ranks inherit, before their own variables. */
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly reporter: Reporter;
}
