import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { boardGather } from "./board-gather.js";
import { boardOr } from "./board-or.js";
import { treeGather } from "./tree-gather.js";

/**
 * Collects a packet of every rank at the root.
 *
 * @returns at the root the packets in rank order, undefined elsewhere
 */
export function gather(
  channel: Channel,
  packet: Packet,
  root: number,
): (Packet[] | undefined) | Promise<Packet[] | undefined> {
  return boardOr<Packet[] | undefined>(
    channel,
    (board) => boardGather(channel, board, packet, root),
    () => treeGather(channel, packet, root),
  );
}
