import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { binomialBcast } from "./binomial-bcast.js";
import { isPiece } from "./piece.js";
import { scatterBcast } from "./scatter-bcast.js";
import { chooseBcast } from "./selection.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Gives every rank the root's packet, without decoding it. The root alone decides how; every other
 * rank sees it from the first packet that its parent in the binomial tree sends.
 *
 * @param packet the root's value; ignored elsewhere
 * @returns the root's packet; not owned if its memory may still be in use
 */
export async function flatBcast(channel: Channel, packet: Packet | undefined, root: number): Promise<Packet> {
  const { rank, size } = channel;
  const tree = binomialTree(nodeOf(rank, root, size), size);
  const isRoot = tree.parent === undefined;
  const first = isRoot ? packet! : await channel.receive(rankOf(tree.parent, root, size));
  const scattered = isRoot ? chooseBcast(size, first.bytes.byteLength) === "scatter" : isPiece(first);
  return scattered ? scatterBcast(channel, first, root, tree) : binomialBcast(channel, first, root, tree);
}
