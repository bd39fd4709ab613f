/** The ranks that talk in one context: their numbers there and in the world. */
export interface Audience {
  readonly size: number;
  /** World rank of a rank of the communicator. */
  worldRankOf(rank: number): number;
  /** Rank in the communicator of a world rank; UNDEFINED if it does not belong to it. */
  rankOf(worldRank: number): number;
}

/** World ranks of all members, in their order. */
export function worldRanks(audience: Audience): number[] {
  return Array.from({ length: audience.size }, (_, rank) => audience.worldRankOf(rank));
}
