import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import type { Packet } from "../codec/packet.js";
import { flatAllgather } from "./flat-allgather.js";
import { flatBcast } from "./flat-bcast.js";
import { gather } from "./gather.js";
import { partOf, type Layout } from "./hosts.js";

/**
 * Each host gathers at its first rank, these exchange all items of their hosts, and each gives the
 * whole list to its host.
 *
 * Rounds: those of a gather and a bcast over the fullest host, and of an allgather over the H hosts.
 * Messages that cross hosts: those of an allgather among H ranks, each item crossing H - 1 times.
 */
export async function twoLevelAllgather(
  channel: Channel,
  packet: Packet,
  { groups, leaders, groupOf }: Layout,
): Promise<Packet[]> {
  const local = partOf(channel, groups[groupOf[channel.rank]!]!);
  const items = await gather(local, packet, 0);
  if (items === undefined) return unbundle(await flatBcast(local, undefined, 0));
  const bundles = await flatAllgather(partOf(channel, leaders), bundle(items));
  const all = new Array<Packet>(channel.size);
  for (const [group, ranks] of groups.entries()) {
    for (const [index, item] of unbundle(bundles[group]!).entries()) all[ranks[index]!] = item;
  }
  await flatBcast(local, bundle(all), 0);
  return all;
}
