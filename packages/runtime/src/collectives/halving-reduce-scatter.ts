import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import type { Packet } from "../codec/packet.js";
import type { Combiner } from "./combiner.js";
import { fold } from "./fold.js";

/**
 * Recursive halving over lists of items: with P the largest power of two not above N, the ranks beyond
 * P first fold pairwise, even into odd; in the round with distance d every rank gives the one whose
 * number differs in bit d all items for ranks whose number is like that one's in this bit, and combines
 * what it gets with the items it keeps; the folded ranks get their item at the end. Distances grow, so
 * that every combination joins two neighbouring ranges of ranks.
 *
 * Rounds: log2 P, two more if N is not a power of two. Messages per rank: at most as many. Bytes per
 * rank: at most N items, 16 an item and 8 a message beside them.
 *
 * @param packets this rank's item for each rank
 * @param combine makes a partial result that begins with a packet
 */
export async function halvingReduceScatter<T>(
  channel: Channel,
  packets: readonly Packet[],
  combine: (first: Packet) => Combiner<T>,
): Promise<T> {
  const { rank, size } = channel;
  const { power, number, folded, rankOf, numberOf } = fold(rank, size);
  if (number === undefined) {
    await channel.send(rank + 1, bundle(packets));
    return combine(await channel.receive(rank + 1)).result();
  }
  const partial = new Map(packets.map((packet, dest) => [dest, combine(packet)]));
  if (folded !== undefined) {
    for (const [dest, item] of unbundle(await channel.receive(folded)).entries()) {
      partial.get(dest)!.prependPacket(item);
    }
  }
  for (let distance = 1; distance < power; distance *= 2) {
    const partner = rankOf(number ^ distance);
    const given: Packet[] = [];
    for (const [dest, combiner] of partial) {
      if (((numberOf(dest) ^ number) & distance) === 0) continue;
      given.push(combiner.packet());
      partial.delete(dest);
    }
    const sent = channel.send(partner, bundle(given));
    const received = unbundle(await channel.receive(partner));
    await sent;
    let index = 0;
    for (const combiner of partial.values()) {
      const item = received[index++]!;
      if (partner < rank) combiner.prependPacket(item);
      else combiner.appendPacket(item);
    }
  }
  if (folded !== undefined) await channel.send(folded, partial.get(folded)!.packet());
  return partial.get(rank)!.result();
}
