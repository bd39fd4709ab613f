import type { Packet } from "./codec/packet.js";

/**
 * Memory that all ranks of a communicator see. Calls of collectives take turns in its `depth` sheets; on a sheet
 * every rank has a row that it alone writes, and there is one for a result. Ranks are those of the communicator,
 * calls are named by their sequence. A row is readable until its reader has left the call.
 */
export interface Board {
  /** Number of sheets. */
  readonly depth: number;
  /** Cores that its ranks share; the same number on all. */
  readonly cores: number;
  /**
   * Looks, without a turn of the event loop, for as long as it takes a rank that calls at the same time to come.
   * Returns whether `isOver` has said so.
   *
   * @param mayBlock false: if that would take the core from others, it looks once
   */
  await(isOver: () => boolean, mayBlock: boolean): boolean;
  /** Whether all ranks have left the call that had this call's sheet before. */
  isFree(sequence: number): boolean;
  /**
   * Fills this rank's row, with one packet or one for each rank, and what identifies its call. Returns true if
   * some of it was not copied but lent: it must not change before all have left.
   */
  put(
    sequence: number,
    signature: number,
    shape: number,
    packets: Packet | readonly Packet[],
    mark: number,
  ): boolean;
  /** As `put`, for the row of results, by one rank. A packet that is not owned is copied. */
  putResult(sequence: number, packet: Packet): boolean;
  /** Shows in this rank's row what it has made in the second phase: bytes lent, or a packet in their place. */
  show(sequence: number, bytes: Uint8Array | Packet): void;
  /** This rank has come to the end of a phase, 0 or 1: true if it is the last. */
  arrive(sequence: number, phase: number): boolean;
  /** Said by the last: all have come. */
  release(sequence: number, phase: number): void;
  isReleased(sequence: number, phase: number): boolean;
  isPosted(sequence: number, rank: number): boolean;
  /** What another rank's row says of its call. */
  identityOf(sequence: number, rank: number): { readonly signature: number; readonly shape: number };
  markOf(sequence: number, rank: number): number;
  /** A rank's packet; that for this rank if it has put up one for each. What was copied is not owned. */
  read(sequence: number, rank: number): Packet;
  result(sequence: number): Packet;
  /** Part of what a rank has put up, in memory that all see, if it is; one rank may write to it. */
  staged(sequence: number, rank: number, offset: number, length: number): Uint8Array | undefined;
  /** Copies bytes from `offset` on of what a rank has put up, or shown; it must have been lent. */
  fetch(sequence: number, rank: number, phase: number, offset: number, into: Uint8Array): void;
  /** What a rank has shown in place of bytes. */
  shown(sequence: number, rank: number): Packet | undefined;
  /** Nobody fetches any more what this rank has lent in the call. */
  reclaim(sequence: number): void;
  /** This rank reads nothing more of the call. */
  leave(sequence: number): void;
  hasLeft(sequence: number, rank: number): boolean;
  haveAllLeft(sequence: number): boolean;
  /** Somebody waits until all have left a call, or no longer. */
  awaitLeaving(waits: boolean): void;
  /** Wakes a rank if it sleeps. */
  wake(rank: number): void;
  wakeAll(): void;
  /** The memory is gone afterwards. */
  close(): void;
}

/** Makes boards, for ranks of one host. */
export interface BoardMaker {
  /**
   * What other ranks have to know of this one to share a board with it; all zeros if it cannot.
   *
   * @param name the same on every rank, and no other board's
   * @param makes true on one rank, which makes the memory
   */
  offer(name: string, size: number, makes: boolean): Float64Array;
  /** Opens the board; undefined if it cannot be shared with all. */
  join(name: string, members: BoardMembers): Board | undefined;
  /** All have joined, or given up. Called on the rank that makes it. */
  conclude(name: string): void;
}

export interface BoardMembers {
  /** This one. */
  readonly rank: number;
  /** World rank of each. */
  readonly worldRanks: readonly number[];
  /** What each has offered. */
  readonly offers: readonly Float64Array[];
  /** The first call that uses it. */
  readonly first: number;
}
