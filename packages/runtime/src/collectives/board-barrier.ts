import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import { EMPTY } from "./board-empty.js";
import { disseminate } from "./dissemination.js";

/**
 * Everybody comes; the last says so. Nobody waits for any but the slowest, and each sleeps at most once.
 *
 * Memory overtakes messages. Where ranks have disagreed before, news of that must not come after a barrier, into
 * another call with the same tag: then they exchange messages as well.
 */
export function boardBarrier(channel: Channel, board: BoardCall): void | Promise<void> {
  if (!board.post(EMPTY, false, channel.unsettled ? 1 : 0)) {
    return after(board.released(), () => (board.goesOn ? disseminate(channel) : undefined));
  }
  let unsettled = false;
  for (let rank = 0; rank < channel.size; rank++) if (board.markOf(rank) > 0) unsettled = true;
  if (!unsettled) return board.release();
  board.releaseToMessages();
  return disseminate(channel);
}
