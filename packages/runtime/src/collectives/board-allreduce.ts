import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import type { Combiner } from "./combiner.js";
import type { Elements } from "./elements.js";
import { isFailure, packetOrFailure } from "./failure.js";
import { allreduceGrouping, combineRanks } from "./board-combine.js";
import { combinePieces } from "./board-pieces.js";

/** From so many bytes on every rank combines a piece. */
const PIECES_BYTES = 64 * 1024;

/**
 * Everybody puts its value up; the last to come combines all, and everybody takes the result. Large arrays each rank
 * combines a piece of, if all are alike: everybody sees whether they are. Grouped as messages group.
 */
export function boardAllreduce<T>(channel: Channel, board: BoardCall, combiner: Combiner<T>): T | Promise<T> {
  const own = combiner.elements();
  const isLarge = own !== undefined && own.array.byteLength >= PIECES_BYTES;
  const mark = isLarge ? own.array.byteLength : 0;
  const isLast = board.post(
    packetOrFailure(() => combiner.packet()),
    false,
    mark,
  );
  if (!isLast)
    return after(board.released(), () => finish(channel, board, combiner, isLarge ? own : undefined));
  if (isLarge && areAlike(channel, board)) {
    board.release();
    return combinePieces(channel, board, combiner, own);
  }
  const whole = combineRanks(channel, board, combiner, allreduceGrouping(channel, own));
  const packet = packetOrFailure(() => whole.packet());
  board.release(packet);
  if (isFailure(packet)) whole.replacePacket(packet);
  return after(board.finished(), () => whole.result());
}

/** The last has come. */
function finish<T>(
  channel: Channel,
  board: BoardCall,
  combiner: Combiner<T>,
  large: Elements | undefined,
): T | Promise<T> {
  if (large !== undefined && areAlike(channel, board)) return combinePieces(channel, board, combiner, large);
  combiner.replacePacket(board.result());
  return combiner.result();
}

/** Whether all ranks have put up large arrays of one length. Their types are the same, or the call is rejected. */
function areAlike({ size }: Channel, board: BoardCall): boolean {
  const mark = board.markOf(0);
  for (let rank = 1; rank < size; rank++) if (board.markOf(rank) !== mark) return false;
  return mark > 0;
}
