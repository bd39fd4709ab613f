import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { flatReduce } from "./flat-reduce.js";
import { layoutOf } from "./hosts.js";
import { twoLevelReduce } from "./two-level-reduce.js";

/**
 * Combines all ranks' values at the root.
 *
 * @returns at the root the combination, in memory of its own, undefined elsewhere
 */
export function reduce<T>(channel: Channel, combiner: Combiner<T>, root: number): Promise<T | undefined> {
  const layout = layoutOf(channel);
  return layout !== undefined && (layout.contiguous || combiner.op.commutative)
    ? twoLevelReduce(channel, combiner, root, layout)
    : flatReduce(channel, combiner, root);
}
