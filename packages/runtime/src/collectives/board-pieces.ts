import type { MPIError } from "@tsmpi/protocol";
import type { BoardCall, Channel } from "../channel.js";
import { bytesOf } from "../codec/bytes.js";
import type { NumericArray } from "../operators/elementwise.js";
import { operationFailure, type Combiner } from "./combiner.js";
import { combineElements, emptyLike, type Elements } from "./elements.js";
import { failureOf, failurePacket } from "./failure.js";
import { allreduceGrouping, combineGrouped } from "./board-combine.js";

/** Rank `rank`'s piece of `length` elements. */
function pieceOf(rank: number, size: number, length: number): { begin: number; end: number } {
  return { begin: Math.floor((rank * length) / size), end: Math.floor(((rank + 1) * length) / size) };
}

/**
 * All ranks have put up arrays of one type and length. Each combines its piece of all, shows where that is, and
 * fetches the pieces of the others: each byte is copied twice for each rank, by the rank that needs it. Grouped as
 * messages group large arrays.
 *
 * @param own this rank's value
 */
export async function combinePieces<T>(
  channel: Channel,
  board: BoardCall,
  combiner: Combiner<T>,
  own: Elements,
): Promise<T> {
  const { rank, size } = channel;
  const { array } = own;
  const { begin, end } = pieceOf(rank, size, array.length);
  const whole = emptyLike(array, array.length);
  const width = array.BYTES_PER_ELEMENT;
  let failure: MPIError | undefined;
  try {
    const result = combineGrouped<NumericArray>(
      size,
      allreduceGrouping(channel, own),
      (other) => {
        if (other === rank) return array.subarray(begin, end) as NumericArray;
        const piece = emptyLike(array, end - begin);
        board.fetch(other, 0, begin * width, bytesOf(piece));
        return piece;
      },
      (left, right) =>
        combineElements(combiner.op as never, left, right, isPartOf(right, array) ? left : right),
    );
    whole.set(result as never, begin);
  } catch (error) {
    failure = operationFailure(combiner.op, error);
  }
  await board.show(failure === undefined ? bytesOf(whole) : failurePacket(failure));

  for (let other = 0; other < size; other++) {
    const shown = board.shown(other);
    if (shown !== undefined) failure ??= failureOf(shown);
    if (other === rank || failure !== undefined) continue;
    const piece = pieceOf(other, size, array.length);
    board.fetch(other, 1, piece.begin * width, bytesOf(whole.subarray(piece.begin, piece.end)));
  }
  await board.finished();
  if (failure !== undefined) throw failure;
  return whole as T;
}

/** Memory of the user's, which is not written to. */
function isPartOf(piece: NumericArray, array: NumericArray): boolean {
  return piece.buffer === array.buffer;
}
