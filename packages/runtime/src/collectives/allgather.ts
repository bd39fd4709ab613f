import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { boardAllgather } from "./board-allgather.js";
import { boardOr } from "./board-or.js";
import { flatAllgather } from "./flat-allgather.js";
import { frugalLayoutOf } from "./hosts.js";
import { twoLevelAllgather } from "./two-level-allgather.js";

/**
 * Gives every rank the packets of all.
 *
 * @returns the packets of all ranks in rank order
 */
export function allgather(channel: Channel, packet: Packet): Packet[] | Promise<Packet[]> {
  return boardOr(
    channel,
    (board) => boardAllgather(channel, board, packet),
    () => {
      const layout = frugalLayoutOf(channel);
      return layout === undefined
        ? flatAllgather(channel, packet)
        : twoLevelAllgather(channel, packet, layout);
    },
  );
}
