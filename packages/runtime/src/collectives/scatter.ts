import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { boardBcast } from "./board-bcast.js";
import { boardOr } from "./board-or.js";
import { treeScatter } from "./tree-scatter.js";

/**
 * Gives each rank one of the root's packets.
 *
 * @param packets the root's, one for each rank; ignored elsewhere
 * @returns this rank's
 */
export function scatter(
  channel: Channel,
  packets: readonly Packet[] | undefined,
  root: number,
): Packet | Promise<Packet> {
  return boardOr(
    channel,
    (board) => boardBcast(channel, board, packets, root),
    () => treeScatter(channel, packets, root),
  );
}
