import type { Channel } from "../channel.js";
import { boardBarrier } from "./board-barrier.js";
import { boardOr } from "./board-or.js";
import { disseminate } from "./dissemination.js";
import { frugalLayoutOf } from "./hosts.js";
import { twoLevelBarrier } from "./two-level-barrier.js";

/** Returns on no rank before all have called it. */
export function barrier(channel: Channel): void | Promise<void> {
  return boardOr(
    channel,
    (board) => boardBarrier(channel, board),
    () => {
      const layout = frugalLayoutOf(channel);
      return layout === undefined ? disseminate(channel) : twoLevelBarrier(channel, layout);
    },
  );
}
