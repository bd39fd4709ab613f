import type { Packet } from "./codec/packet.js";

/**
 * One call's part of memory that all ranks of a channel see. Every rank posts once, at the beginning. What is
 * read of others may be borrowed, and is to be decoded in the same turn.
 */
export interface BoardCall {
  /** Cores that the ranks share; the same number on all. */
  readonly cores: number;
  /**
   * Puts up this rank's packet, or one for each rank. Returns true on one rank: the last to come, if all have made
   * the same call. It then calls `release`, if anybody waits for that.
   *
   * @param expected true if others may wait for just this packet
   * @param mark a number that others can read without the packet
   */
  post(packets: Packet | readonly Packet[], expected?: boolean, mark?: number): boolean;
  markOf(rank: number): number;
  /** All ranks have come, and there is a result, if any; `to` alone waits for that, if given. */
  release(result?: Packet, to?: number): void;
  /** As `release`, for nobody in particular; the ranks go on by messages. */
  releaseToMessages(): void;
  /** Whether it was that. */
  readonly goesOn: boolean;
  /** Until `release` has been called; undefined: it has been. */
  released(): Promise<void> | undefined;
  /** Until that rank has posted. */
  posted(rank: number): Promise<void> | undefined;
  /** What a rank has put up, for this one if it has put up something for each. */
  read(rank: number): Packet;
  /** Something of what this rank has put up is not its own memory, or too much to be copied. */
  readonly lends: boolean;
  /** What `release` was given. */
  result(): Packet;
  /** This rank reads nothing more. Until all others have said so, if this one lends. */
  finished(): Promise<void> | undefined;
  /**
   * The end of a second phase: shows bytes, none if there is nothing to fetch, or why it has failed.
   *
   * @param to who alone waits for all, if given
   */
  show(bytes: Uint8Array | Packet, to?: number): void;
  /** Until all have shown something. */
  allShown(): Promise<void> | undefined;
  /** Part of what a rank has put up, in memory that all see, if it is. Of each part one rank may be the writer. */
  staged(rank: number, offset: number, length: number): Uint8Array | undefined;
  /** What a rank has shown in place of bytes. */
  shown(rank: number): Packet | undefined;
  /** Copies from `offset` on what a rank has put up, or shown in the second phase; large payloads only. */
  fetch(rank: number, phase: 0 | 1, offset: number, into: Uint8Array): void;
}

/**
 * The narrow thing a collective sees: one call of one collective on one communicator. Its messages
 * match nothing else, neither the user's nor those of another call, whatever is awaited when.
 */
export interface Channel {
  readonly rank: number;
  readonly size: number;
  /**
   * Number of the host that each rank is on, in rank order; undefined when all are on one. The same
   * array for every call on a communicator.
   */
  readonly hosts: readonly number[] | undefined;
  /** All are on one host and there are more of them than cores; the same on every rank. */
  readonly crowded: boolean;
  /** Ranks have made different calls before, and news of that may be under way. */
  readonly unsettled: boolean;
  /** Undefined where ranks have nothing but messages; the same on every rank. Each call is asked at most once. */
  board?(): BoardCall | undefined | Promise<BoardCall | undefined>;
  /** Returns undefined if the packet's memory is free at once, else a promise for that. */
  send(dest: number, packet: Packet): Promise<void> | undefined;
  /** The next packet from `source`, in the order of its sends. */
  receive(source: number): Promise<Packet>;
}
