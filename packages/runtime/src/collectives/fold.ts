/**
 * Numbers for algorithms that want a power of two. With P the largest power of two not above `size`,
 * the first 2 (size - P) ranks fold pairwise, even into odd; the P ranks that are left are numbered in
 * rank order, so neighbouring numbers stand for neighbouring ranges of ranks.
 */
export interface Folding {
  /** P. */
  readonly power: number;
  /** This rank's number, 0 … P - 1; undefined for one that is folded into the next rank. */
  readonly number: number | undefined;
  /** The rank that is folded into this one. */
  readonly folded: number | undefined;
  /** The rank with a number. */
  readonly rankOf: (number: number) => number;
  /** The number that stands for a rank, folded or not. */
  readonly numberOf: (rank: number) => number;
}

export function fold(rank: number, size: number): Folding {
  const power = 2 ** Math.floor(Math.log2(size));
  const pairs = size - power;
  const numberOf = (other: number) => (other < 2 * pairs ? other >> 1 : other - pairs);
  const isPaired = rank < 2 * pairs;
  return {
    power,
    number: isPaired && rank % 2 === 0 ? undefined : numberOf(rank),
    folded: isPaired && rank % 2 === 1 ? rank - 1 : undefined,
    rankOf: (number) => (number < pairs ? 2 * number + 1 : number + pairs),
    numberOf,
  };
}
