/** The ranks of a communicator and their numbers in the world. */
export interface Members {
  readonly size: number;
  /** World rank of a rank of the communicator. */
  worldRankOf(rank: number): number;
  /** Rank in the communicator of a world rank that belongs to it. */
  rankOf(worldRank: number): number;
}

/** The whole world in its own order. */
export function everyone(size: number): Members {
  return { size, worldRankOf: (rank) => rank, rankOf: (rank) => rank };
}

/** A single rank. */
export function alone(worldRank: number): Members {
  return { size: 1, worldRankOf: () => worldRank, rankOf: () => 0 };
}
