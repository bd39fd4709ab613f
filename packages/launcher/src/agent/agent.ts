/** What a launcher can ask of the agent of a host, and what it hears from it. */
import type { Writable } from "node:stream";
import type { Leftovers, RankExit, RankState } from "@tsmpi/protocol";
import type { Output } from "../forwarding/output.js";
import type { Usage } from "./usage.js";
import type { Network } from "../network/network.js";
import type { Said } from "../rendezvous/exchange.js";
import type { Detail } from "../rendezvous/inquiries.js";
import type { Outgoing } from "../rendezvous/outgoing.js";

/** What happens on a host, in the order in which it happens there. */
export type AgentEvent =
  | { readonly type: "spawned"; readonly ranks: number }
  /** Where a rank may run, if somebody asked: "core 0 (processors 0,4)". */
  | { readonly type: "bound"; readonly rank: number; readonly where: string }
  /** A rank has said something that concerns others, or has left. */
  | { readonly type: "said"; readonly rank: number; readonly said: Said }
  | { readonly type: "exited"; readonly exit: RankExit; readonly outOfMemory: boolean }
  | { readonly type: "unstartable"; readonly rank: number; readonly error: StartError }
  | { readonly type: "left over"; readonly rank: number; readonly leftovers: Leftovers }
  | {
      readonly type: "aborted";
      readonly rank: number;
      readonly code: number;
      readonly reason: string | undefined;
    }
  /** Nothing more will be heard of this host; its ranks count as ended. `reason` completes "host X was lost: ". */
  | { readonly type: "lost"; readonly ranks: readonly number[]; readonly reason: string }
  /** No rank of this host runs. */
  | { readonly type: "empty" };

/** Why a process could not be started: what of an error can travel. */
export interface StartError {
  readonly code: string | undefined;
  readonly message: string;
}

/** The agent of one host. Its methods are called in the order in which they stand here. */
export interface Agent {
  /** The host's name in the allocation. */
  readonly host: string;
  /** The job's directory there, if it is this host. */
  readonly directory: string | undefined;
  /** TCP ports of its ranks, in the order of its assignment; empty in a job on one host. */
  readonly ports: readonly number[];
  /** By which the host can be reached, best first; empty in a job on one host. */
  readonly addresses: readonly string[];
  /**
   * Learns where the ranks of other hosts listen; not called in a job on one host. Rejects with a
   * LaunchProblem when one of the hosts cannot be reached.
   */
  meet(network: Network): Promise<void>;
  /** Starts the ranks, forwarding what they write; returns when all are started, or `halt` was called. */
  run(output: Output, onEvent: (event: AgentEvent) => void): Promise<void>;
  /** Standard input of those ranks that get it through a pipe, by rank. */
  inputs(): ReadonlyMap<number, Writable>;
  /** Hands on what the exchange has for ranks of this host. */
  tell(outgoing: readonly Outgoing[]): void;
  /** Every rank of the job has nothing left to do. */
  openGate(): void;
  /** Sends a signal to the process group of every rank that runs. */
  signal(signal: NodeJS.Signals): void;
  /** Starts no more ranks. */
  halt(): void;
  /** The ranks whose process runs. */
  living(): readonly number[];
  /** Where those ranks are that take part in communication; undefined: no answer. Answers follow the question. */
  where(detail: Detail): Promise<ReadonlyMap<number, RankState | undefined>>;
  /** What the processes of its ranks use. */
  usage(): Promise<ReadonlyMap<number, Usage>>;
  /** Resolves when what a rank that has ended wrote is in the hands of the sinks (or soon). */
  outputOf(rank: number): Promise<void>;
  /** Ends what the ranks left behind, drains their output, removes every trace of the job. */
  dissolve(graceSeconds: number): Promise<void>;
}
