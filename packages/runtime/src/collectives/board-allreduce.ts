import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import type { Combiner } from "./combiner.js";
import { packetOrFailure, isFailure } from "./failure.js";
import { allreduceGrouping, combineRanks } from "./board-combine.js";
import { areAlike, combinePieces, markOfArray } from "./board-pieces.js";

/**
 * Everybody puts its value up; the last to come combines all, and everybody takes the result. Large arrays each rank
 * combines a piece of, if all are alike: everybody sees whether they are. Grouped as messages group.
 */
export function boardAllreduce<T>(channel: Channel, board: BoardCall, combiner: Combiner<T>): T | Promise<T> {
  const own = combiner.elements();
  const mark = markOfArray(own, channel);
  const grouping = allreduceGrouping(channel, own);
  const isLarge = () => mark > 0 && areAlike(channel, board);
  const combineLarge = () =>
    combinePieces({ channel, board, combiner, own: own!, grouping, root: undefined }) as Promise<T>;
  const isLast = board.post(
    packetOrFailure(() => combiner.packet()),
    false,
    mark,
  );
  if (!isLast) {
    return after(board.released(), () => {
      if (isLarge()) return combineLarge();
      combiner.replacePacket(board.result());
      return combiner.result();
    });
  }
  if (isLarge()) {
    board.release();
    return combineLarge();
  }
  const whole = combineRanks(channel, board, combiner, grouping);
  const packet = packetOrFailure(() => whole.packet());
  board.release(packet);
  if (isFailure(packet)) whole.replacePacket(packet);
  return after(board.finished(), () => whole.result());
}
