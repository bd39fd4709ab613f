import type { Packet } from "./codec/packet.js";

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
  /** Returns undefined if the packet's memory is free at once, else a promise for that. */
  send(dest: number, packet: Packet): Promise<void> | undefined;
  /** The next packet from `source`, in the order of its sends. */
  receive(source: number): Promise<Packet>;
}
