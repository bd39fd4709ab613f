import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { awaitAll } from "./sends.js";
import { rankOf, type TreeNode } from "./tree.js";

/**
 * Binomial tree from the root; every rank passes the packet on as it came, without decoding it.
 * The child with the largest subtree is served first, because it has the longest way to go.
 *
 * Rounds: ceil(log2 N). Messages: N - 1 in all, at most ceil(log2 N) from one rank. Bytes: the
 * payload once for each message.
 *
 * @param data at the root its value, elsewhere what came from the parent
 * @param tree this rank's place in the tree
 * @returns the packet; not owned if it has been passed on and may still be on its way
 */
export async function binomialBcast(
  channel: Channel,
  data: Packet,
  root: number,
  { children }: TreeNode,
): Promise<Packet> {
  const { size } = channel;
  const sends: (Promise<void> | undefined)[] = [];
  for (let i = children.length - 1; i >= 0; i--) {
    sends.push(channel.send(rankOf(children[i]!, root, size), data));
  }
  await awaitAll(sends);
  return children.length > 0 ? { ...data, owned: false } : data;
}
