import type { Channel } from "../channel.js";
import { binomialReduce } from "./binomial-reduce.js";
import type { Combiner } from "./combiner.js";
import { halvingReduce } from "./halving-reduce.js";
import { halvesReduce } from "./selection.js";

/**
 * Combines all ranks' values at the root. Each rank chooses the algorithm by its own value; that of
 * large values begins with an agreement along the tree of the other, so that ranks whose values do not
 * fit get an error instead of waiting for each other.
 *
 * @returns at the root the combination, in memory of its own, undefined elsewhere
 */
export function flatReduce<T>(channel: Channel, combiner: Combiner<T>, root: number): Promise<T | undefined> {
  const own = combiner.elements();
  return own !== undefined && halvesReduce(channel.size, own.array.byteLength)
    ? halvingReduce(channel, combiner, own, root)
    : binomialReduce(channel, combiner, root);
}
