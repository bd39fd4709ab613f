import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { boardReduce } from "./board-reduce.js";
import { boardOr } from "./board-or.js";
import { flatReduce } from "./flat-reduce.js";
import { layoutOf } from "./hosts.js";
import { twoLevelReduce } from "./two-level-reduce.js";

/**
 * Combines all ranks' values at the root.
 *
 * @returns at the root the combination, in memory of its own, undefined elsewhere
 */
export function reduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  root: number,
): (T | undefined) | Promise<T | undefined> {
  return boardOr<T | undefined>(
    channel,
    (board) => boardReduce(channel, board, combiner, root),
    () => {
      const layout = layoutOf(channel);
      return layout !== undefined && (layout.contiguous || combiner.op.commutative)
        ? twoLevelReduce(channel, combiner, root, layout)
        : flatReduce(channel, combiner, root);
    },
  );
}
