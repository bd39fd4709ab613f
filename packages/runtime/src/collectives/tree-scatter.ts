import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import { Format } from "../codec/format.js";
import { emptyPacket, type Packet } from "../codec/packet.js";
import { isFailure } from "./failure.js";
import { isLater } from "./later.js";
import { isLarge } from "./selection.js";
import { awaitAll } from "./sends.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Binomial tree from the root: each rank receives the items of its subtree in one message, keeps the
 * first and passes the rest on. In place of a large item the tree carries a note, and the root sends
 * the item straight to its rank, but where a message holds nothing else anyway.
 *
 * Rounds: ceil(log2 N); at most N - 1 + ceil(log2 N) with large items. Messages: N - 1 in all; one more
 * for each large item of a rank that is no leaf directly under the root. Bytes: each item travels as
 * often as its rank is deep in the tree, at most ceil(log2 N) times, a large one once; 16 a message and
 * 16 an item where a message holds several.
 *
 * @param packets at the root: one for each rank, or a single failure for all; ignored elsewhere
 */
export async function treeScatter(
  channel: Channel,
  packets: readonly Packet[] | undefined,
  root: number,
): Promise<Packet> {
  const { rank, size } = channel;
  const node = nodeOf(rank, root, size);
  const { parent, children, end } = binomialTree(node, size);
  const all = parent === undefined ? inNodeOrder(packets!, root) : undefined;
  const apart = all === undefined ? [] : largeNodes(all);
  const items =
    all?.map((item, index) => (apart.includes(index) ? emptyPacket(Format.LATER) : item)) ??
    (await subtreeItems(channel, rankOf(parent!, root, size), end - node));
  const sends: (Promise<void> | undefined)[] = [];
  for (let i = children.length - 1; i >= 0; i--) {
    const child = children[i]!;
    const span = (children[i + 1] ?? end) - child;
    const part = items.slice(child - node, child - node + span);
    const message = span === 1 || isFailure(part[0]!) ? part[0]! : bundle(part);
    sends.push(channel.send(rankOf(child, root, size), message));
  }
  for (const other of apart) sends.push(channel.send(rankOf(other, root, size), all![other]!));
  const mine = isLater(items[0]!) ? await channel.receive(root) : items[0]!;
  await awaitAll(sends);
  return mine;
}

/** Nodes whose item the root sends them itself. */
function largeNodes(items: readonly Packet[]): number[] {
  if (isFailure(items[0]!)) return []; // then all are the same failure
  const { length } = items;
  return [...items.keys()].filter((node) => {
    const isAlone = binomialTree(node, length).parent === 0 && binomialTree(node, length).end === node + 1;
    return node > 0 && !isAlone && isLarge("scatter", items[node]!.bytes.byteLength);
  });
}

async function subtreeItems(channel: Channel, parent: number, span: number): Promise<Packet[]> {
  const message = await channel.receive(parent);
  if (isFailure(message)) return new Array<Packet>(span).fill(message);
  return span === 1 ? [message] : unbundle(message);
}

function inNodeOrder(packets: readonly Packet[], root: number): Packet[] {
  return [...packets.slice(root), ...packets.slice(0, root)];
}
