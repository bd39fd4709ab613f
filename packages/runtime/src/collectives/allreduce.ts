import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { boardAllreduce } from "./board-allreduce.js";
import { boardOr } from "./board-or.js";
import { flatAllreduce } from "./flat-allreduce.js";
import { frugalLayoutOf } from "./hosts.js";
import { twoLevelAllreduce } from "./two-level-allreduce.js";

/**
 * Combines all ranks' values on every rank.
 *
 * @returns the combination, bitwise the same on every rank, in memory of its own
 */
export function allreduce<T>(channel: Channel, combiner: Combiner<T>): T | Promise<T> {
  return boardOr(
    channel,
    (board) => boardAllreduce(channel, board, combiner),
    () => {
      const layout = frugalLayoutOf(channel);
      return layout !== undefined && (layout.contiguous || combiner.op.commutative)
        ? twoLevelAllreduce(channel, combiner, layout)
        : flatAllreduce(channel, combiner);
    },
  );
}
