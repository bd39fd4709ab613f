import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import type { Packet } from "../codec/packet.js";
import { isFailure } from "./failure.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Binomial tree from the root: each rank receives the items of its subtree in one message, keeps the
 * first and passes the rest on.
 *
 * Rounds: ceil(log2 N). Messages: N - 1 in all. Bytes: each item travels as often as its rank is
 * deep in the tree, at most ceil(log2 N) times.
 *
 * @param packets at the root: one for each rank, or a single failure for all; ignored elsewhere
 */
export async function scatter(
  channel: Channel,
  packets: readonly Packet[] | undefined,
  root: number,
): Promise<Packet> {
  const { rank, size } = channel;
  const node = nodeOf(rank, root, size);
  const { parent, children, end } = binomialTree(node, size);
  const items =
    parent === undefined
      ? inNodeOrder(packets!, root)
      : await subtreeItems(channel, rankOf(parent, root, size), end - node);
  const sends: (Promise<void> | undefined)[] = [];
  for (let i = children.length - 1; i >= 0; i--) {
    const child = children[i]!;
    const span = (children[i + 1] ?? end) - child;
    const part = items.slice(child - node, child - node + span);
    const message = span === 1 || isFailure(part[0]!) ? part[0]! : bundle(part);
    sends.push(channel.send(rankOf(child, root, size), message));
  }
  for (const send of sends) if (send !== undefined) await send;
  return items[0]!;
}

async function subtreeItems(channel: Channel, parent: number, span: number): Promise<Packet[]> {
  const message = await channel.receive(parent);
  if (isFailure(message)) return new Array<Packet>(span).fill(message);
  return span === 1 ? [message] : unbundle(message);
}

function inNodeOrder(packets: readonly Packet[], root: number): Packet[] {
  return [...packets.slice(root), ...packets.slice(0, root)];
}
