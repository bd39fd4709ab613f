import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import type { Combiner } from "./combiner.js";
import { packetOrFailure } from "./failure.js";
import { combineRanks, reduceGrouping } from "./board-combine.js";
import { areAlike, combineAlone, combinePieces, markOfArray } from "./board-pieces.js";

/**
 * Where so few ranks share so few cores the root combines large arrays alone, whose product is at most this: else as many
 * cores would be at work, but all ranks would wait for each other twice.
 */
const ALONE = 64;

/**
 * Everybody puts its value up; the last to come wakes the root, which combines all, grouped as messages group. Large
 * arrays each rank combines a piece of, if all are alike.
 */
export function boardReduce<T>(
  channel: Channel,
  board: BoardCall,
  combiner: Combiner<T>,
  root: number,
): (T | undefined) | Promise<T | undefined> {
  const own = combiner.elements();
  const isAlone = channel.crowded && channel.size * board.cores <= ALONE;
  const mark = isAlone ? (own?.array.byteLength ?? 0) : markOfArray(own, channel);
  const grouping = reduceGrouping(channel, own);
  const isLast = board.post(
    packetOrFailure(() => combiner.packet()),
    false,
    mark,
  );
  // Who has put up a large array waits for all, to see whether theirs are alike; others are of no use before that.
  const isAwaited = (mark > 0 && !isAlone) || channel.rank === root;
  if (isLast) board.release(undefined, !isAlone && isOneLarge(channel, board) ? undefined : root);
  return after(isLast || !isAwaited ? undefined : board.released(), () => {
    if (isAwaited && mark > 0 && areAlike(channel, board)) {
      const pieces = { channel, board, combiner, own: own!, grouping, root };
      return isAlone ? combineAlone(pieces) : combinePieces(pieces);
    }
    if (channel.rank === root) return combineRanks(channel, board, combiner, grouping).result();
    return after(board.finished(), () => {
      combiner.throwFailure();
      return undefined;
    });
  });
}

/** Whether any rank has put up a large array. */
function isOneLarge({ size }: Channel, board: BoardCall): boolean {
  for (let rank = 0; rank < size; rank++) if (board.markOf(rank) > 0) return true;
  return false;
}
