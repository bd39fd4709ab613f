import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";

/**
 * Recursive doubling (Hillis and Steele 1986): in the round with distance d every rank sends the
 * combination of up to d ranks that end with it to the rank d ahead, which joins it on the left.
 *
 * Rounds: ceil(log2 N). Messages per rank: at most as many. Bytes per rank: the payload once for
 * each message.
 *
 * @param inclusive this rank's value; becomes the combination of ranks 0 … rank
 * @param exclusive if given, becomes the combination of ranks 0 … rank - 1; untouched on rank 0
 */
export async function scan<T>(
  channel: Channel,
  inclusive: Combiner<T>,
  exclusive?: Combiner<T>,
): Promise<void> {
  const { rank, size } = channel;
  let first = true;
  for (let distance = 1; distance < size; distance *= 2) {
    const sent = rank + distance < size ? channel.send(rank + distance, inclusive.packet()) : undefined;
    const received = rank >= distance ? await channel.receive(rank - distance) : undefined;
    await sent; // the combiner may write into what it has sent
    if (received === undefined) continue;
    // A combiner writes into the frame it owns: with two, the first one works on a copy.
    inclusive.prependPacket(exclusive === undefined ? received : { ...received, owned: false });
    if (first) exclusive?.replacePacket(received);
    else exclusive?.prependPacket(received);
    first = false;
  }
}
