import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import type { Combiner } from "./combiner.js";
import { packetOrFailure } from "./failure.js";
import { combineRanks, reduceGrouping } from "./board-combine.js";

/** Everybody puts its value up; the last to come wakes the root, which combines all, grouped as messages group. */
export function boardReduce<T>(
  channel: Channel,
  board: BoardCall,
  combiner: Combiner<T>,
  root: number,
): (T | undefined) | Promise<T | undefined> {
  const isLast = board.post(packetOrFailure(() => combiner.packet()));
  if (isLast) board.release(undefined, root);
  if (channel.rank !== root) {
    return after(board.finished(), () => {
      combiner.throwFailure();
      return undefined;
    });
  }
  return after(isLast ? undefined : board.released(), () =>
    combineRanks(channel, board, combiner, reduceGrouping(channel, combiner.elements())).result(),
  );
}
