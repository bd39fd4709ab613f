import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import type { Combiner } from "./combiner.js";
import { unlessFailure } from "./failure.js";
import { flatAllreduce } from "./flat-allreduce.js";
import { flatBcast } from "./flat-bcast.js";
import { partOf, type Layout } from "./hosts.js";
import { reduceHost, settle } from "./two-level-reduce.js";

/**
 * Each host reduces to its first rank, these combine their results, and each gives the result to its
 * host. In rank order under the same condition as `twoLevelReduce`.
 *
 * Rounds: those of a reduce and a bcast over the fullest host, and of an allreduce over the H hosts.
 * Messages that cross hosts: those of an allreduce among H ranks.
 */
export async function twoLevelAllreduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  layout: Layout,
): Promise<T> {
  const { groups, leaders, groupOf } = layout;
  const local = partOf(channel, groups[groupOf[channel.rank]!]!);
  const partial = await reduceHost(channel, combiner, layout);
  if (local.rank > 0) return decode(unlessFailure(await flatBcast(local, undefined, 0))) as T;
  const result = await settle(partial.op, () => flatAllreduce(partOf(channel, leaders), partial));
  await flatBcast(local, result.packet(), 0);
  return result.result();
}
