import type { Channel } from "../channel.js";
import { failureOf, failurePacket, isFailure } from "./failure.js";
import type { Combiner } from "./combiner.js";
import { bytesBetween, viewedAs, type Elements } from "./elements.js";
import { fold } from "./fold.js";
import { assemble, halve } from "./halving.js";
import { awaitAll } from "./sends.js";

/**
 * Rabenseifner's algorithm (2004): recursive halving leaves every rank the result of one piece, and
 * the same exchanges backwards put the pieces together. With P the largest power of two not above N,
 * the ranks beyond P are folded in first and get the result at the end. Grouped as recursive doubling
 * groups: both give the same bits.
 *
 * Rounds: 2 log2 P, two more if N is not a power of two. Messages per rank: as many at most. Bytes per
 * rank: 2 (1 - 1 / P) times the payload, once more on the ranks that others are folded into, and 24 a
 * message of the first half.
 *
 * @param own this rank's value
 * @returns on every rank the combination of all ranks' values
 */
export async function halvingAllreduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  own: Elements,
): Promise<T> {
  const { rank, size } = channel;
  const folding = fold(rank, size);
  const { number, folded, rankOf } = folding;
  if (number === undefined) {
    await channel.send(rank + 1, combiner.packet());
    combiner.replacePacket(await channel.receive(rank + 1));
    return combiner.result();
  }
  if (folded !== undefined) combiner.prependPacket(await channel.receive(folded));

  const share = await halve(channel, folding, combiner, own);
  const { ranges, fit } = share;
  const whole = assemble(share, own);
  const sends: (Promise<void> | undefined)[] = [];
  let { failure } = share;
  const packet = (begin: number, end: number) =>
    failure === undefined
      ? { format: own.format, bytes: bytesBetween(whole, begin, end), owned: false }
      : failurePacket(failure);
  for (let round = ranges.length - 2; fit && round >= 0; round--) {
    const outer = ranges[round]!;
    const inner = ranges[round + 1]!;
    const partner = rankOf(number ^ (2 ** round));
    sends.push(channel.send(partner, packet(inner.begin, inner.end)));
    const received = await channel.receive(partner);
    if (isFailure(received)) failure ??= failureOf(received);
    const begin = inner.begin === outer.begin ? inner.end : outer.begin;
    if (failure === undefined) whole.set(viewedAs(received.bytes, own.array) as never, begin);
  }
  if (folded !== undefined) sends.push(channel.send(folded, packet(0, own.array.length)));
  await awaitAll(sends);
  if (failure !== undefined) throw failure;
  return whole as T;
}
