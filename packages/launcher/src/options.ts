import type { OutputOptions, StdinTarget } from "./forwarding/options.js";
import type { Sink } from "./forwarding/sink.js";

/** Where the launcher says things that are not the program's output. Lines without a newline. */
export interface Reporter {
  /** Something unusual but fine. */
  notice(line: string): void;
  /** Something that is wrong and does not make the job fail. */
  warning(line: string): void;
  /** What is being waited for, said again and again; undefined: it has come. */
  progress(line: string | undefined): void;
  /** For somebody who wants to see every phase. */
  detail(line: string): void;
  /** Something went wrong. */
  problem(line: string): void;
}

/** End the job when a rank fails, or go on without it. */
export type FailureAction = "abort" | "continue";

/** End the job, only say so, or do not even look. */
export type DeadlockAction = "abort" | "warn" | "off";

/** Everything about a run that does not say what runs where. */
export interface LaunchOptions {
  readonly stdin: StdinTarget;
  readonly output: OutputOptions;
  /** The job's deadline in seconds; undefined: none. */
  readonly timeout: number | undefined;
  /** What to do about a rank that fails. */
  readonly onFailure: FailureAction;
  /** What to do about ranks that will wait for each other for ever. */
  readonly deadlock: DeadlockAction;
  /** What ranks leave undone at their end fails the job. */
  readonly check: boolean;
  /** Seconds between INT and TERM, and between TERM and KILL. */
  readonly killGrace: number;
  /** Signals to the launcher that are passed on to every rank. */
  readonly forwardSignals: readonly NodeJS.Signals[];
  /** Say which cores each rank may use. */
  readonly reportBindings: boolean;
  /** What ranks inherit, before their own variables. */
  readonly environment: NodeJS.ProcessEnv;
  /** Of this program: agents on other hosts must be of the same. */
  readonly version: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly reporter: Reporter;
}
