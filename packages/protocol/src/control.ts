/**
 * Control between a rank and the agent of its host: one JSON value a line. No message of the user's
 * passes here, so frames are few and small. Three ways, because a rank's start is paid by every rank:
 *
 * - the postbox, a named pipe all ranks of a host write into: opening it and dropping a line costs
 *   microseconds, where a socket costs milliseconds of module loading;
 * - the gate, a named pipe on whose end of file a finalizing rank waits: one `close` releases all;
 * - the link, a Unix socket, opened by a rank that needs an answer. It begins with `hello`.
 */

import type { Ballot, FailedRanks, Outcome } from "./agreement.js";

/** What a rank says to its agent. */
export type RankFrame =
  /** First of all, and first on a link: this rank listens and takes part in communication. */
  | { readonly type: "hello"; readonly rank: number; readonly pid: number }
  /**
   * Has nothing left to do and waits for the gate, or on the link for `released`. `sent` counts the messages this rank has
   * sent to each rank it has spoken to, so that a receiver knows when none is on its way any more.
   * `tallies` are of some communicators, the world first, if there is more than one rank.
   */
  | ({ readonly type: "finalize" } & FinalWord)
  /**
   * Has waited for more than a second. Said on the link it means, too, that the rank wants to hear
   * from now on of ranks that left.
   */
  | { readonly type: "blocked"; readonly state: RankState }
  /** Is no longer blocked. */
  | { readonly type: "resumed" }
  /** Wants to hear from now on of ranks that fail and communicators that are revoked. Said on the link. */
  | { readonly type: "watch" }
  /** Takes part in an agreement; answered with `agreed`. Said on the link. */
  | { readonly type: "vote"; readonly ballot: Ballot }
  /** Nothing is to be sent or received on this communicator any more; it is known by its first context. */
  | { readonly type: "revoke"; readonly context: number }
  /** The program has asked who has failed, and has been told of these. */
  | { readonly type: "noticed"; readonly ranks: readonly number[] }
  /** Answer to `where`: on the link with its number, or to the file of that name. */
  | { readonly type: "state"; readonly state: RankState; readonly question?: number }
  /** Said before `finalize`. */
  | { readonly type: "leftovers"; readonly leftovers: Leftovers }
  /**
   * Said on the link before `finalize`, if leftovers are asked for: it has nothing left to do but to receive
   * what others have sent it, and wants to hear how many messages that are as they leave.
   */
  | { readonly type: "audit"; readonly sent: Readonly<Record<number, number>> }
  /** Ends the job with this exit code. */
  | { readonly type: "abort"; readonly code: number; readonly reason?: string };

/** What an agent says to a rank. */
export type AgentFrame =
  /**
   * These ranks have left (finalized, or ended with code 0). The value is the number of messages
   * they sent to the rank told, or null when it is unknown because they left without finalizing.
   */
  | { readonly type: "departed"; readonly sent: Readonly<Record<number, number | null>> }
  /** These ranks have failed, and the job goes on. */
  | { readonly type: "failed"; readonly ranks: FailedRanks }
  /** By context, which rank has revoked the communicator. */
  | { readonly type: "revoked"; readonly by: Readonly<Record<number, number>> }
  | { readonly type: "agreed"; readonly outcome: Outcome }
  /** Every rank has finalized, left or failed: the rank may end. */
  | { readonly type: "released" }
  /**
   * Asks for a `state` frame, answered at once if the rank's event loop is free; `counted`: with the
   * messages sent and received so far.
   */
  | { readonly type: "where"; readonly question: number; readonly counted: boolean };

/** Where a rank is in its program, for the person who asks why nothing happens. */
export interface RankState {
  /** Operations that have been called and are not complete, oldest first, at most 8 of them. */
  readonly pending: readonly PendingOperation[];
  /** True once the rank has said `finalize`. */
  readonly finalizing: boolean;
  /** Said in answer to `where` alone: who could complete any of its operations, the unnamed ones included. */
  readonly needs?: Needs;
  /** Said with `needs`: why it may go on without a message: "Timeout", "a worker thread", … */
  readonly work?: readonly string[];
  /** Said if asked to count. */
  readonly traffic?: Traffic;
  /** Said with `traffic`: some of the messages that have come and that no receive fits. */
  readonly unreceived?: readonly UnreceivedMessages[];
}

/** Frames that a rank has exchanged with each other rank when it has nothing left to do. */
export interface FinalCounts {
  readonly sent: Readonly<Record<number, number>>;
  /** Undefined if it is no fault of anybody's when some have not been received. */
  readonly received?: Readonly<Record<number, number>> | undefined;
  /** How many of those sent a rank must receive to have got every message, where that is less than all. */
  readonly due?: Readonly<Record<number, number>> | undefined;
}

/** What a rank says when it has nothing left to do. */
export interface FinalWord extends FinalCounts {
  readonly tallies?: readonly Tally[];
}

/** What a rank leaves undone at its end. */
export interface Leftovers {
  readonly messages: readonly UnreceivedMessages[];
  /** Requests and promises that nobody has waited for; known only if asked for. */
  readonly requests: readonly UnawaitedOperations[];
  /** Communicators that have not been freed; told only if asked for. */
  readonly communicators: readonly UnfreedCommunicators[];
  /** What nobody could be told when it happened, in words without a rank; told only if asked for. */
  readonly faults: readonly string[];
  /** How many more there are of all of these. */
  readonly more: number;
  /** Not undone, but what others need to describe theirs: places from which this rank has sent. */
  readonly places: readonly string[];
  /** Nothing undone either; told only if asked for. */
  readonly races?: readonly MessageRace[];
}

/** A receive or probe from any source, and messages of different ranks that it could have taken. */
export interface MessageRace {
  readonly operation: string;
  /** `file:line:column` of the call. */
  readonly place: string;
  readonly communicator?: string;
  /** The first is the one it took. */
  readonly messages: readonly RacingMessage[];
}

export interface RacingMessage {
  /** World rank. */
  readonly source: number;
  readonly tag: number;
  /** Where it was sent: see {@link UnreceivedMessages}. */
  readonly site?: number;
}

/** Requests that nobody has waited for, or calls whose promises nobody has. */
export interface UnawaitedOperations {
  /** What has been called; absent for requests. */
  readonly operation?: string;
  /** `file:line:column` of the call. */
  readonly place: string;
  readonly count: number;
}

/** Communicators that have not been freed. */
export interface UnfreedCommunicators {
  readonly name: string;
  /** `file:line:column` of the call that made them; "" if it is not known. */
  readonly place: string;
  readonly count: number;
}

/** Messages that have come and that nobody has received. */
export interface UnreceivedMessages {
  /** World rank. */
  readonly source: number;
  /** Absent for messages of collectives. */
  readonly tag?: number;
  readonly communicator?: string;
  readonly count: number;
  /** Where they were sent: which of the source's `places`, from 1 on, if that is known. */
  readonly site?: number;
}

/** Whose messages operations wait for, in world ranks: each of the ranks, and any one of each group. */
export interface Needs {
  readonly ranks: readonly number[];
  /** An empty group is the whole world. */
  readonly groups: readonly (readonly number[])[];
}

/** Messages that a rank has exchanged with each other, of those with which there were any. */
export interface Traffic {
  readonly sent: Readonly<Record<number, number>>;
  readonly received: Readonly<Record<number, number>>;
}

/** The collectives that a rank has called on one communicator: at the end all its ranks must have called the same. */
export interface Tally {
  /** Identifies the communicator; 0 is the world. */
  readonly context: number;
  readonly name: string;
  readonly calls: number;
  /** Depends on what was called, in order; 0 with no call, absent after one that has failed, for then somebody knows. */
  readonly digest?: number;
  /** The last call: what, and where in the source, as V8 writes it in a stack. */
  readonly last?: { readonly what: string; readonly frame: string };
}

/** A call of a rank that has not completed. */
export interface PendingOperation {
  /** Name of the call as the user wrote it: "recv", "bcast", … */
  readonly operation: string;
  /** World rank of the peer; absent for a wildcard. */
  readonly peer?: number;
  readonly tag?: number;
  /** Name of the communicator; absent for the world. */
  readonly communicator?: string;
  /** `file:line:column` of the call, where it is known. */
  readonly place?: string;
  /** Seconds since the call. */
  readonly seconds: number;
}

/** What lies in the postbox: a rank and what it says. */
export type Posted = readonly [rank: number, frame: RankFrame];

/** The longest line that the kernel puts into a named pipe in one piece (PIPE_BUF on Linux). */
export const LONGEST_POST = 4096;

/** The line for a frame, newline included. */
export function encodeFrame(frame: RankFrame | AgentFrame | Posted): string {
  return JSON.stringify(frame) + "\n";
}

/**
 * Cuts a byte stream into frames. Returns a function to call with each chunk as a string; it
 * calls `onFrame` for each whole line. A line that is not JSON throws a SyntaxError: the other
 * side is not one of ours and the connection must be closed.
 */
export function frameReader<F extends RankFrame | AgentFrame | Posted>(
  onFrame: (frame: F) => void,
): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onFrame(JSON.parse(line) as F);
  };
}
