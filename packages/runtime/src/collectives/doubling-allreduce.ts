import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { fold } from "./fold.js";

/**
 * Recursive doubling. With P the largest power of two below or equal to N, the first 2 (N - P) ranks
 * first fold pairwise, even into odd, which leaves P ranks; in the round with distance d each of them
 * exchanges with the one whose number differs in bit d; the folded ranks get the result at the end.
 * Both sides of an exchange combine the same two values in rank order, so all results are bitwise equal.
 *
 * Rounds: log2 P, two more if N is not a power of two. Messages per rank: at most as many. Bytes per
 * rank: the payload once for each message.
 *
 * @returns on every rank the combination of all ranks' values
 */
export async function doublingAllreduce<T>(channel: Channel, combiner: Combiner<T>): Promise<T> {
  const { rank, size } = channel;
  const { power, number, folded, rankOf } = fold(rank, size);
  if (number === undefined) {
    await channel.send(rank + 1, combiner.packet());
    combiner.replacePacket(await channel.receive(rank + 1));
    return combiner.result();
  }
  if (folded !== undefined) combiner.prependPacket(await channel.receive(folded));
  for (let distance = 1; distance < power; distance *= 2) {
    const partner = rankOf(number ^ distance);
    const sent = channel.send(partner, combiner.packet());
    const received = await channel.receive(partner);
    await sent; // the combiner may write into what it has sent
    if (partner < rank) combiner.prependPacket(received);
    else combiner.appendPacket(received);
  }
  if (folded !== undefined) await channel.send(folded, combiner.packet());
  return combiner.result();
}
