import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import { Format } from "../codec/format.js";
import { emptyPacket, type Packet } from "../codec/packet.js";
import { isLater } from "./later.js";
import { isLarge } from "./selection.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Binomial tree to the root: each rank collects the items of its subtree and sends them on in one
 * message. A rank whose item is large, and whose parent is not the root, sends a note up the tree in
 * place of it and the item straight to the root. Failures travel as items.
 *
 * Rounds: ceil(log2 N); at most N - 1 with large items. Messages: N - 1 in all, one from each rank but
 * the root; one more for each large item of a rank whose parent is not the root. Bytes: each item
 * travels as often as its rank is deep in the tree, at most ceil(log2 N) times, a large one once; 16 a
 * message and 16 an item where a message holds several.
 *
 * @returns at the root the packets in rank order, undefined elsewhere
 */
export async function treeGather(
  channel: Channel,
  packet: Packet,
  root: number,
): Promise<Packet[] | undefined> {
  const { rank, size } = channel;
  const { parent, children } = binomialTree(nodeOf(rank, root, size), size);
  const up = parent === undefined ? undefined : rankOf(parent, root, size);
  const isApart = up !== undefined && up !== root && isLarge("gather", packet.bytes.byteLength);
  const items = [isApart ? emptyPacket(Format.LATER) : packet];
  for (const child of children) {
    const message = await channel.receive(rankOf(child, root, size));
    const leaf = binomialTree(child, size).end === child + 1;
    if (leaf) items.push(message);
    else items.push(...unbundle(message));
  }
  if (up !== undefined) {
    await channel.send(up, items.length === 1 ? items[0]! : bundle(items));
    if (isApart) await channel.send(root, packet);
    return undefined;
  }
  for (const [node, item] of items.entries()) {
    if (isLater(item)) items[node] = await channel.receive(rankOf(node, root, size));
  }
  return inRankOrder(items, root);
}

function inRankOrder(items: Packet[], root: number): Packet[] {
  const cut = items.length - root;
  return [...items.slice(cut), ...items.slice(0, cut)];
}
