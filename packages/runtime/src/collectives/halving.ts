import type { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import type { NumericArray } from "../operators/elementwise.js";
import { operationFailure, type Combiner } from "./combiner.js";
import {
  bytesBetween,
  combineElements,
  differing,
  emptyLike,
  notElementwise,
  viewedAs,
  type Elements,
} from "./elements.js";
import { failureOf, failurePacket, isFailure } from "./failure.js";
import type { Folding } from "./fold.js";
import { isPiece, piecePacket, readPiece } from "./piece.js";

/** Elements begin … end - 1. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** What a rank holds after recursive halving. */
export interface Share {
  /** The range at the start of each round, the whole first; then the range that is this rank's. */
  readonly ranges: readonly Range[];
  /** The combination of all ranks' elements in the last range; undefined after a failure. */
  readonly array: NumericArray | undefined;
  readonly failure: MPIError | undefined;
  /**
   * False when the ranks' values do not fit each other. Then it is false on every rank that halves,
   * and all of them can stop: see `halve`.
   */
  readonly fit: boolean;
}

/**
 * Recursive halving, the first half of Rabenseifner's algorithm: in the round with distance d every
 * rank exchanges with the one whose number differs in bit d, gives away the half of its range that is
 * the other's, and combines what it gets with the half it keeps. Distances grow, so that each
 * combination joins two neighbouring ranges of ranks, the lower on the left, grouped as recursive
 * doubling groups them.
 *
 * Ranks whose values do not fit (other type or length, too short to be halved, an error from the
 * start) still meet the same partners in the same rounds. Invariant: before each round the ranks that
 * have met so far all fit each other, or none of them counts as fitting; when two such sets meet and
 * do not fit, both sides of every exchange see it, or are sent an error by the other. An error that an
 * operation throws on the way travels in place of the piece and leaves the ranks fitting.
 *
 * Rounds: log2 P. Messages per rank: as many. Bytes per rank: the payload times (1 - 1 / P), and 24 a
 * message for the header.
 *
 * @param combiner this rank's value with that of the rank folded into it; may have failed by that
 * @param own this rank's value; only its type and length count if the combiner has failed
 */
export async function halve<T>(
  channel: Channel,
  { power, number, rankOf }: Folding,
  combiner: Combiner<T>,
  own: Elements,
): Promise<Share> {
  const { format } = own;
  const wholeBytes = own.array.byteLength;
  const ranges: Range[] = [{ begin: 0, end: own.array.length }];
  let array = combiner.elements()?.array;
  let failure = combiner.failure ?? unfoldable(combiner, array, own);
  let fit = failure === undefined;
  for (let distance = 1; distance < power; distance *= 2) {
    const range = ranges.at(-1)!;
    const middle = (range.begin + range.end) >>> 1;
    const lower = { begin: range.begin, end: middle };
    const upper = { begin: middle, end: range.end };
    const [kept, given] = (number! & distance) === 0 ? [lower, upper] : [upper, lower];
    ranges.push(kept);
    const within = ({ begin, end }: Range): NumericArray =>
      array!.subarray(begin - range.begin, end - range.begin) as NumericArray;

    const partner = rankOf(number! ^ distance);
    const part = failure ?? bytesBetween(within(given), 0, given.end - given.begin);
    const packet = fit ? piecePacket(wholeBytes, format, part) : failurePacket(failure!);
    const sent = channel.send(partner, packet);
    const received = await channel.receive(partner);
    await sent;
    const mismatch = misfit(received, combiner.op.name, own);
    if (mismatch !== undefined) {
      failure ??= mismatch;
      fit = false;
      continue;
    }
    const piece = readPiece(received);
    failure ??= piece.failure;
    if (failure !== undefined) continue;
    try {
      const mine = within(kept);
      const other = viewedAs(piece.bytes, own.array);
      const [a, b] = (number! & distance) === 0 ? [mine, other] : [other, mine];
      array = combineElements(combiner.op as never, a, b, other);
    } catch (error) {
      failure = operationFailure(combiner.op, error);
    }
  }
  return { ranges, array: failure === undefined ? array : undefined, failure, fit };
}

/** An operation that has made something of another shape out of this rank's value and the folded one's. */
function unfoldable<T>(combiner: Combiner<T>, array: NumericArray | undefined, own: Elements) {
  return array?.length === own.array.length ? undefined : notElementwise(combiner.op, own.array);
}

/** Why a packet is not a piece of a value that fits; undefined if it is one. */
function misfit(packet: Packet, name: string, own: Elements): MPIError | undefined {
  if (isFailure(packet)) return failureOf(packet);
  const wholeBytes = isPiece(packet) ? readPiece(packet).wholeBytes : packet.bytes.byteLength;
  const format = isPiece(packet) ? readPiece(packet).format : packet.format;
  const fits = isPiece(packet) && format === own.format && wholeBytes === own.array.byteLength;
  return fits ? undefined : differing(name, own, { format, wholeBytes });
}

/** Memory for the whole, with this rank's share in its place. */
export function assemble({ ranges, array }: Share, own: Elements): NumericArray {
  const whole = emptyLike(own.array, own.array.length);
  if (array !== undefined) whole.set(array as never, ranges.at(-1)!.begin);
  return whole;
}
