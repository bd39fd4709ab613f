import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { boardBcast } from "./board-bcast.js";
import { boardOr } from "./board-or.js";
import { flatBcast } from "./flat-bcast.js";
import { layoutOf } from "./hosts.js";
import { twoLevelBcast } from "./two-level-bcast.js";

/**
 * Gives every rank the root's packet, without decoding it.
 *
 * @param packet the root's value; ignored elsewhere
 * @returns the root's packet; not owned if its memory may still be in use
 */
export function bcast(channel: Channel, packet: Packet | undefined, root: number): Packet | Promise<Packet> {
  return boardOr(
    channel,
    (board) => boardBcast(channel, board, packet, root),
    () => {
      const layout = layoutOf(channel);
      return layout === undefined
        ? flatBcast(channel, packet, root)
        : twoLevelBcast(channel, packet, root, layout);
    },
  );
}
