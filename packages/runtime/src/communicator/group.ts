import { MPIError } from "@tsmpi/protocol";
import { processBound } from "../codec/unsendable.js";
import { PROC_NULL, UNDEFINED } from "../constants.js";

/**
 * An ordered set of ranks, as a value: making and combining groups is local, sends nothing and changes
 * no group (MPI 4.1, 7.3). Begin with the `group` of a communicator; `createGroup` makes a
 * communicator of one. The empty group is `group.include([])`.
 *
 * @example const even = world.group.include([0, 2, 4]);
 */
export class Group {
  /** The members' ranks in the world, in the order of the group. */
  readonly ranks: readonly number[];
  readonly #own: number;
  readonly #positions: ReadonlyMap<number, number>;

  /** @internal Groups come from communicators and from other groups. */
  constructor(worldRanks: readonly number[], ownWorldRank: number) {
    this.ranks = Object.freeze([...worldRanks]);
    this.#own = ownWorldRank;
    this.#positions = new Map(this.ranks.map((worldRank, rank) => [worldRank, rank]));
  }

  /** Number of members (MPI_Group_size). */
  get size(): number {
    return this.ranks.length;
  }

  /** Rank of this process in the group, UNDEFINED if it is not a member (MPI_Group_rank). */
  get rank(): number {
    return this.#positions.get(this.#own) ?? UNDEFINED;
  }

  /**
   * The members with these ranks, in the order of the list (MPI_Group_incl).
   * @throws ERR_GROUP if one is not a rank of the group or is named twice
   */
  include(ranks: Iterable<number>): Group {
    return this.#of(this.#chosen(ranks, "include").map((rank) => this.ranks[rank]!));
  }

  /**
   * The members without these ranks, in the order of the group (MPI_Group_excl).
   * @throws ERR_GROUP if one is not a rank of the group or is named twice
   */
  exclude(ranks: Iterable<number>): Group {
    const without = new Set(this.#chosen(ranks, "exclude"));
    return this.#of(this.ranks.filter((_, rank) => !without.has(rank)));
  }

  /** All members of this group, then those of the other that are not in it (MPI_Group_union). */
  union(other: Group): Group {
    const { ranks } = checkGroup(other, "union");
    return this.#of([...this.ranks, ...ranks.filter((worldRank) => !this.#positions.has(worldRank))]);
  }

  /** The members that are also in the other, in the order of this group (MPI_Group_intersection). */
  intersection(other: Group): Group {
    const positions = checkGroup(other, "intersection").#positions;
    return this.#of(this.ranks.filter((worldRank) => positions.has(worldRank)));
  }

  /** The members that are not in the other, in the order of this group (MPI_Group_difference). */
  difference(other: Group): Group {
    const positions = checkGroup(other, "difference").#positions;
    return this.#of(this.ranks.filter((worldRank) => !positions.has(worldRank)));
  }

  /**
   * The ranks that members of this group have in the other (MPI_Group_translate_ranks).
   *
   * @param ranks ranks in this group, or PROC_NULL
   * @returns for each its rank in the other group, UNDEFINED if it is not there; PROC_NULL stays
   * @throws ERR_GROUP if one is not a rank of this group
   */
  translate(ranks: Iterable<number>, other: Group): number[] {
    const positions = checkGroup(other, "translate").#positions;
    return checkList(ranks, "translate").map((rank) => {
      if (rank === PROC_NULL) return PROC_NULL;
      this.#check(rank, "translate");
      return positions.get(this.ranks[rank]!) ?? UNDEFINED;
    });
  }

  /**
   * Compares members and order (MPI_Group_compare).
   * @returns "ident": the same members in the same order; "similar": in another order
   */
  compare(other: Group): "ident" | "similar" | "unequal" {
    const { size, ranks } = checkGroup(other, "compare");
    if (size !== this.size) return "unequal";
    if (ranks.every((worldRank, rank) => worldRank === this.ranks[rank])) return "ident";
    return ranks.every((worldRank) => this.#positions.has(worldRank)) ? "similar" : "unequal";
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }

  #of(worldRanks: readonly number[]): Group {
    return new Group(worldRanks, this.#own);
  }

  #chosen(ranks: Iterable<number>, operation: string): number[] {
    const chosen = checkList(ranks, operation);
    const seen = new Set<number>();
    for (const rank of chosen) {
      this.#check(rank, operation);
      if (seen.has(rank)) throw new MPIError("ERR_GROUP", `rank ${rank} is named twice`, { operation });
      seen.add(rank);
    }
    return chosen;
  }

  #check(rank: number, operation: string): void {
    if (Number.isInteger(rank) && rank >= 0 && rank < this.size) return;
    const remedy =
      this.size === 0 ? "the group is empty" : `it must be a whole number from 0 to ${this.size - 1}`;
    throw new MPIError(
      "ERR_GROUP",
      `${String(rank)} is not a rank of this group of ${this.size}; ${remedy}`,
      { operation },
    );
  }
}

/** A group that was passed in. */
export function checkGroup(group: Group, operation: string): Group {
  if (group instanceof Group) return group;
  throw new MPIError("ERR_GROUP", `${String(group)} is not a Group; take a communicator's group`, {
    operation,
  });
}

function checkList(ranks: Iterable<number>, operation: string): number[] {
  if (typeof ranks === "object" && ranks !== null && Symbol.iterator in ranks) return [...ranks];
  throw new MPIError("ERR_GROUP", `${String(ranks)} is not a list of ranks`, { operation });
}
