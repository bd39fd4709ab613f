import type { Channel } from "../channel.js";
import { UNDEFINED } from "../constants.js";
import type { Contexts } from "../endpoint/contexts.js";
import { exchange } from "./agreement.js";

/** What a rank says in a split: ranks of one colour come together, in the order of their keys. */
export interface Choice {
  /** UNDEFINED for "in none". */
  readonly color: number;
  readonly key: number;
}

interface Offer extends Choice {
  /** The part's context, should this rank be its rank 0. */
  readonly context: number;
}

/** A part of a communicator. */
export interface Part {
  readonly context: number;
  /** Ranks in the communicator that was split, in the order of the part. */
  readonly ranks: readonly number[];
}

/**
 * Splits the ranks of a channel by what they choose. One allgather: every rank offers a context of
 * its own with its choice, and each part takes that of its first rank.
 *
 * @param choose throws to fail the split on every rank
 * @returns this rank's part, undefined if it chose none
 */
export async function split(
  channel: Channel,
  contexts: Contexts,
  choose: () => Choice,
): Promise<Part | undefined> {
  let context: number | undefined;
  let part: Part | undefined;
  try {
    const offers = await exchange(channel, (): Offer => {
      const { color, key } = choose();
      return { color, key, context: (context = contexts.reserve()) };
    });
    part = partOf(offers, channel.rank);
  } finally {
    if (context !== undefined && part?.context !== context) contexts.release(context);
  }
  return part;
}

/** The part that a rank is in. Pure. */
export function partOf(offers: readonly Offer[], rank: number): Part | undefined {
  const { color } = offers[rank]!;
  if (color === UNDEFINED) return undefined;
  const ranks = [...offers.keys()].filter((other) => offers[other]!.color === color);
  ranks.sort((a, b) => offers[a]!.key - offers[b]!.key || a - b);
  return { ranks, context: offers[ranks[0]!]!.context };
}
