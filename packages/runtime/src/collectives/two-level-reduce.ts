import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { Combiner } from "./combiner.js";
import { flatReduce } from "./flat-reduce.js";
import { partOf, type Layout } from "./hosts.js";

/**
 * Each host reduces to its first rank, these to that of the root's host, and that passes the result to
 * the root. In rank order if the ranks of each host follow each other; otherwise for operations that
 * commute only, and grouped by hosts.
 *
 * Rounds: those of a reduce over the fullest host and of one over the H hosts, and one if the root is
 * not the first of its host. Messages that cross hosts: H - 1, H if the root is not on the host of rank
 * 0; for large payloads as many as among H ranks.
 */
export async function twoLevelReduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  root: number,
  layout: Layout,
): Promise<T | undefined> {
  const { rank } = channel;
  const { leaders, groupOf } = layout;
  const group = groupOf[rank]!;
  const leader = leaders[group]!;
  const ofRoot = leaders[groupOf[root]!]!;
  const partial = await reduceHost(channel, combiner, layout);
  let result = partial;
  if (rank === leader) {
    const among = partOf(channel, leaders);
    result = await settle(partial.op, () => flatReduce(among, partial, groupOf[root]!));
  }
  if (root !== ofRoot && rank === ofRoot) await channel.send(root, result.packet());
  if (root !== ofRoot && rank === root) result.replacePacket(await channel.receive(ofRoot));
  result.throwFailure();
  return rank === root ? result.result() : undefined;
}

/** This host's combination on its first rank, of no meaning elsewhere; an error on the way is kept in it. */
export function reduceHost<T>(
  channel: Channel,
  combiner: Combiner<T>,
  { groups, groupOf }: Layout,
): Promise<Combiner<T>> {
  const local = partOf(channel, groups[groupOf[channel.rank]!]!);
  return settle(combiner.op, () => flatReduce(local, combiner, 0));
}

/** The result of a reduction, or its error, as a partial result. */
export async function settle<T>(
  op: Combiner<T>["op"],
  reduction: () => Promise<T | undefined>,
): Promise<Combiner<T>> {
  try {
    return Combiner.owning(op, (await reduction()) as T);
  } catch (error) {
    if (!(error instanceof MPIError)) throw error;
    const failed = new Combiner(op, undefined as T);
    failed.fail(error);
    return failed;
  }
}
