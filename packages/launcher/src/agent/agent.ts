/** What a launcher can ask of the agent of a host, and what it hears from it. */
import type { RankExit, RankState } from "@tsmpi/protocol";

/** What happens on a host, in the order in which it happens there. */
export type AgentEvent =
  | { readonly type: "spawned"; readonly ranks: number }
  /** A rank takes part in communication. */
  | { readonly type: "hello"; readonly rank: number }
  | { readonly type: "exited"; readonly exit: RankExit; readonly outOfMemory: boolean }
  | { readonly type: "unstartable"; readonly rank: number; readonly error: NodeJS.ErrnoException }
  | {
      readonly type: "aborted";
      readonly rank: number;
      readonly code: number;
      readonly reason: string | undefined;
    }
  /** No rank of this host runs. */
  | { readonly type: "empty" };

/** The agent of one host. Its methods are called in the order in which they stand here. */
export interface Agent {
  readonly host: string;
  /** Starts the ranks; returns when all are started, or `halt` was called. */
  run(onEvent: (event: AgentEvent) => void): Promise<void>;
  /** Sends a signal to the process group of every rank that runs. STOP and CONT hold the input, too. */
  signal(signal: NodeJS.Signals): void;
  /** Starts no more ranks. */
  halt(): void;
  /** The ranks whose process runs. */
  living(): readonly number[];
  /** Where those ranks are that take part in communication; undefined: no answer. */
  where(): Promise<ReadonlyMap<number, RankState | undefined>>;
  /** Resolves when what a rank that has ended wrote is in the hands of the sinks (or soon). */
  outputOf(rank: number): Promise<void>;
  /** Ends what the ranks left behind, drains their output, removes every trace of the job. */
  dissolve(graceSeconds: number): Promise<void>;
}
