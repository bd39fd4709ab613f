import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { boardAllgather } from "./board-allgather.js";
import { boardOr } from "./board-or.js";
import { bruckAlltoall } from "./bruck-alltoall.js";
import { pairwiseAlltoall } from "./pairwise-alltoall.js";
import { passesItemsOn } from "./selection.js";

/**
 * Gives packet j of every rank to rank j. By the number of ranks alone it is decided whether items are
 * passed on by others; each rank keeps its large items out of that.
 *
 * @param packets one for each rank
 * @returns one from each rank, this rank's own among them
 */
export function alltoall(channel: Channel, packets: readonly Packet[]): Packet[] | Promise<Packet[]> {
  return boardOr(
    channel,
    (board) => boardAllgather(channel, board, packets),
    () =>
      passesItemsOn(channel.size) ? bruckAlltoall(channel, packets) : pairwiseAlltoall(channel, packets),
  );
}
