import { UNDEFINED } from "../constants.js";
import type { Audience } from "../endpoint/audience.js";

/** The ranks of a communicator and their numbers in the world. */
export type Members = Audience;

/** The whole world in its own order. */
export function everyone(size: number): Members {
  return { size, worldRankOf: (rank) => rank, rankOf: (rank) => rank };
}

/** A single rank. */
export function alone(worldRank: number): Members {
  return { size: 1, worldRankOf: () => worldRank, rankOf: (rank) => (rank === worldRank ? 0 : UNDEFINED) };
}

/** Some ranks of the world, in the order of the list. */
export function some(worldRanks: readonly number[]): Members {
  const ranks = new Map(worldRanks.map((worldRank, rank) => [worldRank, rank]));
  return {
    size: worldRanks.length,
    worldRankOf: (rank) => worldRanks[rank]!,
    rankOf: (worldRank) => ranks.get(worldRank) ?? UNDEFINED,
  };
}

/** World ranks of all members, in their order. */
export function worldRanksOf(members: Members): number[] {
  return Array.from({ length: members.size }, (_, rank) => members.worldRankOf(rank));
}

/** The first ranks of a communicator, in their order. */
export function firstRanks(count: number): number[] {
  return Array.from({ length: count }, (_, rank) => rank);
}
