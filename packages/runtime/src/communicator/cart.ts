import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import type { Contexts } from "../endpoint/contexts.js";
import { exchange } from "./agreement.js";
import { Grid } from "./grid.js";

interface Offer {
  readonly dims: readonly number[];
  readonly periods: readonly boolean[];
  /** Of rank 0, which is rank 0 of the grid as well. */
  readonly context: number | undefined;
}

/**
 * Makes sure that all ranks want the same grid. One allgather.
 *
 * @param check throws to fail on every rank
 */
export async function agreeOnGrid(
  channel: Channel,
  contexts: Contexts,
  check: () => Grid,
): Promise<{ readonly grid: Grid; readonly context: number }> {
  let context: number | undefined;
  try {
    const offers = await exchange(channel, (): Offer => {
      const { dims, periods } = check();
      if (channel.rank === 0) context = contexts.reserve();
      return { dims, periods, context };
    });
    const [first] = offers as [Offer];
    for (const [rank, other] of offers.entries()) {
      if (show(other) === show(first)) continue;
      throw new MPIError("ERR_DIMS", `rank 0 asked for ${show(first)} and rank ${rank} for ${show(other)}`);
    }
    return { grid: new Grid(first.dims, first.periods), context: first.context! };
  } catch (error) {
    if (context !== undefined) contexts.release(context);
    throw error;
  }
}

function show({ dims, periods }: Offer): string {
  const sides = dims.map((side, dim) => `${side}${periods[dim] ? " (periodic)" : ""}`);
  return `a grid of [${sides.join(", ")}]`;
}
