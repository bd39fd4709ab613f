import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { doublingAllreduce } from "./doubling-allreduce.js";
import { halvingAllreduce } from "./halving-allreduce.js";
import { halvesAllreduce } from "./selection.js";

/**
 * Combines all ranks' values on every rank. Each rank chooses the algorithm by its own value; ranks
 * that choose differently because their values do not fit each other meet the same partners, notice
 * it, and all get an error.
 *
 * @returns the combination, bitwise the same on every rank, in memory of its own
 */
export function flatAllreduce<T>(channel: Channel, combiner: Combiner<T>): Promise<T> {
  const own = combiner.elements();
  return own !== undefined && halvesAllreduce(channel.size, own.array.byteLength)
    ? halvingAllreduce(channel, combiner, own)
    : doublingAllreduce(channel, combiner);
}
