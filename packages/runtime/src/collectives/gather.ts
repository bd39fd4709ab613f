import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import type { Packet } from "../codec/packet.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Binomial tree to the root: each rank collects the items of its subtree and sends them on in one
 * message. Failures travel as items.
 *
 * Rounds: ceil(log2 N). Messages: N - 1 in all, one from each rank but the root. Bytes: each item
 * travels as often as its rank is deep in the tree, at most ceil(log2 N) times.
 *
 * @returns at the root the packets in rank order, undefined elsewhere
 */
export async function gather(channel: Channel, packet: Packet, root: number): Promise<Packet[] | undefined> {
  const { rank, size } = channel;
  const { parent, children } = binomialTree(nodeOf(rank, root, size), size);
  const items = [packet];
  for (const child of children) {
    const message = await channel.receive(rankOf(child, root, size));
    const leaf = binomialTree(child, size).end === child + 1;
    if (leaf) items.push(message);
    else items.push(...unbundle(message));
  }
  if (parent === undefined) return inRankOrder(items, root);
  await channel.send(rankOf(parent, root, size), items.length === 1 ? packet : bundle(items));
  return undefined;
}

function inRankOrder(items: Packet[], root: number): Packet[] {
  const cut = items.length - root;
  return [...items.slice(cut), ...items.slice(0, cut)];
}
