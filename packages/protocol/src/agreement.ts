/**
 * What the ranks of a communicator agree on when some may have failed. The launcher knows who lives: each
 * member sends it a ballot, and when every member that is still there has, all of them get one outcome.
 */

/** One member's part in an agreement. */
export interface Ballot {
  /** The communicator, by its first context. */
  readonly context: number;
  /** Number of the agreement on its communicator. */
  readonly number: number;
  /** "agree", "shrink": the same at every member. */
  readonly operation: string;
  /** World ranks in the order of the communicator; empty: the whole world. */
  readonly members: readonly number[];
  /** 32 bits. */
  readonly flags: number;
  /** A context for a communicator whose rank 0 this member would be. */
  readonly offer: number;
}

/** What has come of an agreement; the same at every member. */
export interface Outcome {
  readonly context: number;
  readonly number: number;
  /** The bitwise AND of all ballots, those of members that have failed since among them. */
  readonly flags: number;
  /** What the first member that has not failed offers. */
  readonly offer: number;
  /** Members that have failed, and how: see {@link FailedRanks}. */
  readonly failed: FailedRanks;
  /** Members that have left, and have not taken part. */
  readonly missing: readonly number[];
  /** Said if members have called different operations: who called which. */
  readonly operations?: Readonly<Record<string, readonly number[]>>;
}

/** World ranks that have failed; how completes "rank 3 ": "was killed by SIGKILL on node02". */
export type FailedRanks = Readonly<Record<number, string>>;
