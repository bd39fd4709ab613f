import type { Channel } from "../channel.js";
import { Format } from "../codec/format.js";
import { emptyPacket } from "../codec/packet.js";
import { disseminate } from "./dissemination.js";
import { partOf, type Layout } from "./hosts.js";
import { binomialTree } from "./tree.js";

/**
 * Up a binomial tree in each host, dissemination among the first ranks of the H hosts, down the trees.
 *
 * Rounds: ceil(log2 H), and twice ceil(log2 n) with n ranks on the fullest host. Messages that cross
 * hosts: H ceil(log2 H), without payload.
 */
export async function twoLevelBarrier(channel: Channel, { groups, leaders, groupOf }: Layout): Promise<void> {
  const local = partOf(channel, groups[groupOf[channel.rank]!]!);
  const { parent, children } = binomialTree(local.rank, local.size);
  const nothing = emptyPacket(Format.UNDEFINED);
  for (const child of children) await local.receive(child);
  if (parent === undefined) await disseminate(partOf(channel, leaders));
  else {
    await local.send(parent, nothing);
    await local.receive(parent);
  }
  for (let i = children.length - 1; i >= 0; i--) await local.send(children[i]!, nothing);
}
