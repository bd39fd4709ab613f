/**
 * Which algorithm serves which call. Set by bench/algorithms.js.
 */
const KIB = 1024;
const HALVING_BYTES = 512 * KIB;

/** Algorithms that tests and measurements want, by operation. */
export interface Choices {
  readonly bcast?: "binomial" | "scatter";
  readonly reduce?: "binomial" | "halving";
  readonly allreduce?: "doubling" | "halving";
  /** Bytes from which reduce and allreduce halve. */
  readonly halvingFrom?: number;
  readonly allgather?: "bruck" | "ring";
  readonly gather?: "binomial" | "linear";
  readonly scatter?: "binomial" | "linear";
  /** "notes": as "bruck" with all items large. */
  readonly alltoall?: "bruck" | "notes" | "pairwise";
  readonly reduceScatter?: "halving" | "pairwise";
}

let forced: Choices = {};

/** From now on these algorithms serve whatever they can; `{}` ends that. For tests and measurements. */
export function forceAlgorithms(choices: Choices): void {
  forced = choices;
}

/** The root's choice; the others learn it from what arrives. */
export function chooseBcast(size: number, bytes: number): "binomial" | "scatter" {
  if (size <= 2) return "binomial";
  return forced.bcast ?? (bytes >= 512 * KIB && size <= 64 ? "scatter" : "binomial");
}

/** For a typed array of so many bytes under an elementwise operation. */
export function chooseReduction(
  operation: "reduce" | "allreduce",
  size: number,
  bytes: number,
): "binomial" | "doubling" | "halving" {
  if (size === 1) return "doubling";
  return forced[operation] ?? (bytes >= (forced.halvingFrom ?? HALVING_BYTES) ? "halving" : "doubling");
}

/** Whether an item is too large to be passed on by others, with the items of several ranks in one message. */
export function isLarge(operation: "gather" | "scatter" | "allgather" | "alltoall", bytes: number): boolean {
  switch (forced[operation]) {
    case "linear":
    case "ring":
    case "notes":
      return true;
    case "binomial":
    case "bruck":
    case "pairwise":
      return false;
    default:
      return bytes > 16 * KIB;
  }
}

export function chooseReduceScatter(size: number): "halving" | "pairwise" {
  return forced.reduceScatter ?? (size > 4 ? "halving" : "pairwise");
}

/** Whether alltoall passes small items on; otherwise every rank sends to every other. */
export function passesItemsOn(size: number): boolean {
  if (forced.alltoall !== undefined) return forced.alltoall !== "pairwise";
  return size > 3;
}
