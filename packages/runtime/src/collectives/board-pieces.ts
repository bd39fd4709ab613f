import type { MPIError } from "@tsmpi/protocol";
import type { BoardCall, Channel } from "../channel.js";
import { bytesOf } from "../codec/bytes.js";
import type { NumericArray } from "../operators/elementwise.js";
import { operationFailure } from "./combiner.js";
import { emptyLike, viewedAs, type Elements } from "./elements.js";
import { failureOf, failurePacket } from "./failure.js";
import { combinePiece, fetchPieces, pieceOf, type Pieces } from "./board-piece.js";

/** From so many bytes on all ranks together every rank combines a piece, where each has a core. */
const PIECES_BYTES = 512 * 1024;
/** The same on each rank where they share cores: to wait for all once more costs more. */
const CROWDED_PIECES_BYTES = 256 * 1024;

/** What a rank says of its array when it puts it up: its bytes if it can be cut and is large, else 0. */
export function markOfArray(own: Elements | undefined, { size, crowded }: Channel): number {
  if (own === undefined) return 0;
  const { byteLength } = own.array;
  const isLarge = crowded ? byteLength >= CROWDED_PIECES_BYTES : byteLength * size >= PIECES_BYTES;
  return isLarge ? byteLength : 0;
}

/** Whether all ranks have put up large arrays of one length. Their types are the same, or the call is rejected. */
export function areAlike({ size }: Channel, board: BoardCall): boolean {
  const mark = board.markOf(0);
  for (let rank = 1; rank < size; rank++) if (board.markOf(rank) !== mark) return false;
  return mark > 0;
}

/**
 * Each rank combines its piece of all arrays, in the order and grouping of messages. Where rank 0's array is in memory
 * that all see, the result comes to be in its place, and who wants it copies it from there: two copies of each byte for
 * each rank and no other memory. Else each rank shows where its piece is.
 *
 * @returns undefined on ranks that get no result
 */
export async function combinePieces<T>(pieces: Pieces<T>): Promise<T | undefined> {
  const { channel, board, own, root } = pieces;
  const { rank, size } = channel;
  const { array } = own;
  const { length, BYTES_PER_ELEMENT: width } = array;
  const { begin, end } = pieceOf(rank, size, length);
  const inPlace = board.staged(0, 0, array.byteLength);
  const place = inPlace?.subarray(begin * width, end * width);
  const whole = inPlace === undefined ? emptyLike(array, length) : undefined;
  let failure: MPIError | undefined;
  try {
    const target = place === undefined ? whole!.subarray(begin, end) : viewedAs(place, array);
    combinePiece(pieces, begin, end, target as NumericArray);
  } catch (error) {
    failure = operationFailure(pieces.combiner.op, error);
  }
  const shown = whole === undefined ? NOTHING : bytesOf(whole);
  board.show(failure === undefined ? shown : failurePacket(failure), root);
  if (root !== undefined && root !== rank) {
    await board.finished();
    if (failure !== undefined) throw failure;
    return undefined;
  }
  await board.allShown();

  const result = whole ?? emptyLike(array, length);
  for (let other = 0; other < size; other++) {
    const packet = board.shown(other);
    if (packet !== undefined) failure ??= failureOf(packet);
  }
  if (failure === undefined) {
    if (inPlace !== undefined) bytesOf(result).set(inPlace);
    else fetchPieces(pieces, result);
  }
  await board.finished();
  if (failure !== undefined) throw failure;
  return result as T;
}

/** The same by the root alone, when all have put up arrays. */
export function combineAlone<T>(pieces: Pieces<T>): T {
  const { array } = pieces.own;
  const result = emptyLike(array, array.length);
  try {
    combinePiece(pieces, 0, array.length, result);
  } catch (error) {
    throw operationFailure(pieces.combiner.op, error);
  }
  return result as T;
}

/** Shown where there is nothing to fetch. */
const NOTHING = new Uint8Array(0);
