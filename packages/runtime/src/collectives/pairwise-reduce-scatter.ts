import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { pairwiseAlltoall } from "./pairwise-alltoall.js";
import type { Combiner } from "./combiner.js";

/**
 * Pairwise exchange, then each rank combines what it has received strictly in rank order.
 *
 * Rounds: N - 1. Messages per rank: N - 1. Bytes per rank: N - 1 items.
 *
 * @param packets this rank's item for each rank
 * @param combine makes the partial result of rank 0's packet
 */
export async function pairwiseReduceScatter<T>(
  channel: Channel,
  packets: readonly Packet[],
  combine: (first: Packet) => Combiner<T>,
): Promise<T> {
  const [first, ...rest] = await pairwiseAlltoall(channel, packets);
  const combiner = combine(first!);
  for (const packet of rest) combiner.appendPacket(packet);
  return combiner.result();
}
