import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { flatBcast } from "./flat-bcast.js";
import { partOf, type Layout } from "./hosts.js";

/**
 * The root sends to one rank of each other host, its first; then the root and these send to the ranks
 * of their hosts.
 *
 * Rounds: those of a bcast over the H hosts and of one over the fullest host. Messages that cross
 * hosts: H - 1; for a scattered payload as many as among H ranks.
 */
export async function twoLevelBcast(
  channel: Channel,
  packet: Packet | undefined,
  root: number,
  { groups, leaders, groupOf }: Layout,
): Promise<Packet> {
  const { rank } = channel;
  const rootGroup = groupOf[root]!;
  const senders = leaders.map((leader, group) => (group === rootGroup ? root : leader));
  const group = groupOf[rank]!;
  const sender = senders[group]!;
  const first = rank === sender ? await flatBcast(partOf(channel, senders), packet, rootGroup) : undefined;
  const ranks = groups[group]!;
  return flatBcast(partOf(channel, ranks), first, ranks.indexOf(sender));
}
