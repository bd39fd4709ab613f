import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { binomialTree, nodeOf, rankOf } from "./tree.js";

/**
 * Binomial tree from the root; every rank passes the packet on as it came, without decoding it.
 * The child with the largest subtree is served first, because it has the longest way to go.
 *
 * Rounds: ceil(log2 N). Messages: N - 1 in all, at most ceil(log2 N) from one rank. Bytes: the
 * payload once for each message.
 *
 * @param packet the root's value; ignored elsewhere
 * @returns the root's packet; not owned if it has been passed on and may still be on its way
 */
export async function bcast(channel: Channel, packet: Packet | undefined, root: number): Promise<Packet> {
  const { rank, size } = channel;
  const { parent, children } = binomialTree(nodeOf(rank, root, size), size);
  const data = parent === undefined ? packet! : await channel.receive(rankOf(parent, root, size));
  const sends: (Promise<void> | undefined)[] = [];
  for (let i = children.length - 1; i >= 0; i--) {
    sends.push(channel.send(rankOf(children[i]!, root, size), data));
  }
  for (const send of sends) if (send !== undefined) await send;
  return children.length > 0 ? { ...data, owned: false } : data;
}
