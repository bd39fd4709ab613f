import type { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { Format } from "../codec/format.js";
import { emptyPacket, type Packet } from "../codec/packet.js";
import type { Combiner } from "./combiner.js";
import { bytesBetween, differing, viewedAs, type Elements } from "./elements.js";
import { failureOf, failurePacket, isFailure, unlessFailure } from "./failure.js";
import { fold } from "./fold.js";
import { assemble, halve } from "./halving.js";
import { isPiece, piecePacket, readPiece } from "./piece.js";
import { binomialTree } from "./tree.js";

/**
 * Rabenseifner's algorithm (2004) for one root: the ranks agree that they all have such a value,
 * recursive halving leaves each the result of one piece, and the pieces are gathered along the same
 * exchanges backwards, each rank sending once. Numbers and order are those of `halve`.
 *
 * Rounds: 2 ceil(log2 N) empty ones to agree, then 2 log2 P, one more if N is not a power of two and one
 * more if the root has been folded into another rank. Messages: 2 (N - 1) to agree, P log2 P + P - 1,
 * N - P folded, and that one. Bytes per rank: less than 2 times the payload, once more on ranks that
 * are folded, and 24 for each header.
 *
 * @param own this rank's value
 * @returns at the root the combination of all ranks' values, undefined elsewhere
 */
export async function halvingReduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  own: Elements,
  root: number,
): Promise<T | undefined> {
  const { rank, size } = channel;
  const refusal = await agree(channel, combiner.op.name, own);
  if (refusal !== undefined) {
    // As small values do: another root than rank 0 waits for what rank 0 has got.
    if (rank === 0 && root !== 0) await channel.send(root, failurePacket(refusal));
    if (rank === root && root !== 0) throw failureOf(await channel.receive(0));
    throw refusal;
  }
  const folding = fold(rank, size);
  const { number, folded, rankOf, numberOf } = folding;
  const rootNumber = numberOf(root);
  if (number === undefined) {
    await channel.send(rank + 1, combiner.packet());
    if (rank !== root) return undefined;
    const packet = unlessFailure(await channel.receive(rank + 1));
    combiner.replacePacket(packet);
    return combiner.result();
  }
  if (folded !== undefined) combiner.prependPacket(await channel.receive(folded));

  const share = await halve(channel, folding, combiner, own);
  const { ranges } = share;
  const whole = assemble(share, own);
  let { failure } = share;
  const packet = (begin: number, end: number): Packet =>
    failure === undefined
      ? { format: own.format, bytes: bytesBetween(whole, begin, end), owned: true }
      : failurePacket(failure);
  for (let round = ranges.length - 2; round >= 0; round--) {
    const outer = ranges[round]!;
    const inner = ranges[round + 1]!;
    const partner = rankOf(number ^ (2 ** round));
    if (((number ^ rootNumber) & (2 ** round)) !== 0) {
      await channel.send(partner, packet(inner.begin, inner.end));
      break;
    }
    const received = await channel.receive(partner);
    if (isFailure(received)) failure ??= failureOf(received);
    const begin = inner.begin === outer.begin ? inner.end : outer.begin;
    if (failure === undefined) whole.set(viewedAs(received.bytes, own.array) as never, begin);
  }
  if (number === rootNumber && rank !== root) await channel.send(root, packet(0, own.array.length));
  if (failure !== undefined) throw failure;
  return rank === root ? (whole as T) : undefined;
}

/**
 * Up the tree of the algorithm for small values every rank announces its type and length in place of a
 * value; what comes down again is an empty packet, or why it cannot be. A rank that has a small value
 * takes an announcement for a value that does not fit, and answers so.
 *
 * @returns the reason against it, the same on every rank that has announced
 */
async function agree(channel: Channel, name: string, own: Elements): Promise<MPIError | undefined> {
  const { parent, children } = binomialTree(channel.rank, channel.size);
  const { wholeBytes, format } = { wholeBytes: own.array.byteLength, format: own.format };
  let refusal: MPIError | undefined;
  const waiting: number[] = [];
  for (const child of children) {
    const packet = await channel.receive(child);
    if (isPiece(packet)) {
      waiting.push(child);
      const piece = readPiece(packet);
      const fits = piece.wholeBytes === wholeBytes && piece.format === format;
      refusal ??= piece.failure ?? (fits ? undefined : differing(name, own, piece));
    } else {
      refusal ??= isFailure(packet)
        ? failureOf(packet)
        : differing(name, own, { format: packet.format, wholeBytes: packet.bytes.byteLength });
    }
  }
  if (parent !== undefined) {
    await channel.send(parent, piecePacket(wholeBytes, format, refusal ?? new Uint8Array(0)));
    const answer = await channel.receive(parent);
    refusal = isFailure(answer) ? failureOf(answer) : undefined;
  }
  const answer = refusal === undefined ? emptyPacket(Format.UNDEFINED) : failurePacket(refusal);
  // The largest subtree first: it has the longest way to go.
  for (const child of waiting.reverse()) await channel.send(child, answer);
  return refusal;
}
