import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import type { Combiner } from "./combiner.js";
import { halvingReduceScatter } from "./halving-reduce-scatter.js";
import { pairwiseReduceScatter } from "./pairwise-reduce-scatter.js";
import { chooseReduceScatter } from "./selection.js";

/**
 * Combines everybody's item for rank r on rank r. The number of ranks alone decides how: items may
 * have any sizes, other ones on every rank.
 *
 * @param packets this rank's item for each rank
 * @param combine makes a partial result that begins with a packet
 */
export function reduceScatter<T>(
  channel: Channel,
  packets: readonly Packet[],
  combine: (first: Packet) => Combiner<T>,
): Promise<T> {
  return chooseReduceScatter(channel.size) === "halving"
    ? halvingReduceScatter(channel, packets, combine)
    : pairwiseReduceScatter(channel, packets, combine);
}
