import type { BoardCall, Channel } from "../channel.js";
import { bytesOf } from "../codec/bytes.js";
import type { NumericArray } from "../operators/elementwise.js";
import { isPredefined } from "../operators/predefined.js";
import type { Combiner } from "./combiner.js";
import { combineElements, emptyLike, viewedAs, type Elements } from "./elements.js";
import { combineGrouped, type Grouping } from "./board-combine.js";

/** A call that all ranks have posted large arrays of one length in. */
export interface Pieces<T> {
  readonly channel: Channel;
  readonly board: BoardCall;
  readonly combiner: Combiner<T>;
  /** This rank's value. */
  readonly own: Elements;
  readonly grouping: Grouping;
  /** Who alone gets the result, if not all do. */
  readonly root: number | undefined;
}

/** Rank `rank`'s piece of `length` elements. */
export function pieceOf(rank: number, size: number, length: number): { begin: number; end: number } {
  return { begin: Math.floor((rank * length) / size), end: Math.floor(((rank + 1) * length) / size) };
}

/** So much of every rank's array is combined at a time: all of it stays in a core's cache. What is fetched is fetched whole. */
const BLOCK_BYTES = 32 * 1024;

/** Combines elements begin … end - 1 of all ranks. What others have put up of them nobody else reads. */
export function combinePiece<T>(pieces: Pieces<T>, begin: number, end: number, target: NumericArray): void {
  const { board, own } = pieces;
  const isSeen = board.staged(0, 0, 0) !== undefined;
  const elements = isSeen ? BLOCK_BYTES / own.array.BYTES_PER_ELEMENT : Math.max(1, end - begin);
  for (let from = begin; from < end; from += elements) {
    const to = Math.min(end, from + elements);
    combineBlock(pieces, from, to, target.subarray(from - begin, to - begin) as NumericArray);
  }
}

function combineBlock<T>(
  { channel, board, combiner, own: { array }, grouping }: Pieces<T>,
  begin: number,
  end: number,
  target: NumericArray,
): void {
  const { rank, size } = channel;
  const width = array.BYTES_PER_ELEMENT;
  const users = array.subarray(begin, end) as NumericArray;
  // A user's operation may keep what it gets: not memory that will be another call's.
  const isOurs = isPredefined(combiner.op as never);
  const result = combineGrouped<NumericArray>(
    size,
    grouping,
    (other) => {
      const staged = board.staged(other, begin * width, (end - begin) * width);
      if (staged !== undefined) return isOurs ? viewedAs(staged, array) : copyOf(staged, array);
      if (other === rank) return users;
      const piece = emptyLike(array, end - begin);
      board.fetch(other, 0, begin * width, bytesOf(piece));
      return piece;
    },
    (left, right) => combineElements(combiner.op as never, left, right, left === users ? right : left),
  );
  const isThere = result.buffer === target.buffer && result.byteOffset === target.byteOffset;
  if (!isThere) target.set(result as never);
}

function copyOf(bytes: Uint8Array, like: NumericArray): NumericArray {
  const copy = emptyLike(like, bytes.byteLength / like.BYTES_PER_ELEMENT);
  bytesOf(copy).set(bytes);
  return copy;
}

/** Gets the pieces of all others, each from who has combined it. */
export function fetchPieces<T>(
  { channel: { rank, size }, board, own: { array } }: Pieces<T>,
  whole: NumericArray,
): void {
  for (let other = 0; other < size; other++) {
    if (other === rank) continue;
    const { begin, end } = pieceOf(other, size, array.length);
    board.fetch(other, 1, begin * array.BYTES_PER_ELEMENT, bytesOf(whole.subarray(begin, end)));
  }
}
