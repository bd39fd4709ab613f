/**
 * Which algorithm serves which call: the one table of thresholds.
 *
 * Measured with bench/algorithms.js (2026-11-20, two cores of an AMD EPYC, other work on the machine, so
 * only differences that all runs showed are taken): with more ranks than cores what counts is work, with
 * a core for each rank (docs/design/scale.md) the longest chain. An algorithm for large payloads is
 * chosen where it wins the second way and does not lose the first.
 */
const KIB = 1024;

const LIMITS = {
  /** Scatter and ring cost twice the messages: even with 8 ranks on two cores at 4 MiB, 1.8 × slower at 1 MiB. */
  scatterBytes: 2048 * KIB,
  scatterPieceBytes: 64 * KIB,
  scatterRanks: 8,
  /** With 8 ranks 1.6 × faster at 64 KiB and 2.7 × at 1 MiB; with 2 and 3 mostly slower. */
  halvingAllreduceBytes: 64 * KIB,
  halvingAllreduceRanks: 4,
  /** With 8 ranks on two cores 1.4 to 1.6 × slower; with a core for each modelled faster from 4 on. */
  halvingReduceBytes: 1024 * KIB,
  halvingReduceRanks: 16,
  /** Items above this travel apart: from 16 KiB on even, or up to 1.6 × faster. */
  gatherItemBytes: 32 * KIB,
  scatterItemBytes: 32 * KIB,
  /** With 8 ranks the ring is slower, at 256 KiB by a tenth. */
  allgatherItemBytes: 256 * KIB,
  /** Passing on: 1.1 to 1.7 × faster up to 4 KiB with 8 ranks, even at 16 KiB, slower above. */
  alltoallItemBytes: 32 * KIB,
  alltoallRanks: 8,
  /** With 8 ranks up to 1.7 × faster, at worst 1.3 × slower; with 3 no difference that lasts. */
  reduceScatterRanks: 4,
};

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
  /** "one": as if all ranks were on one host. */
  readonly levels?: "one" | "two";
}

let forced: Choices = {};
let isForced = false;

/** From now on these algorithms serve whatever they can; `{}` ends that. For tests and measurements. */
export function forceAlgorithms(choices: Choices): void {
  forced = choices;
  isForced = Object.keys(choices).length > 0;
}

/** Whether an algorithm that sends messages is wanted even where ranks share memory. */
export function prefersMessages(): boolean {
  return isForced;
}

/** The root's choice; the others learn it from what arrives. */
export function chooseBcast(size: number, bytes: number): "binomial" | "scatter" {
  if (size <= 2) return "binomial";
  const { scatterBytes, scatterPieceBytes, scatterRanks } = LIMITS;
  const pays = size >= scatterRanks && bytes >= Math.max(scatterBytes, scatterPieceBytes * size);
  return forced.bcast ?? (pays ? "scatter" : "binomial");
}

/** Whether a typed array of so many bytes under an elementwise operation is cut in halves. */
export function halvesReduce(size: number, bytes: number): boolean {
  if (size === 1) return false;
  if (forced.reduce !== undefined) return forced.reduce === "halving";
  if (forced.halvingFrom !== undefined) return bytes >= forced.halvingFrom;
  return size >= LIMITS.halvingReduceRanks && bytes >= LIMITS.halvingReduceBytes;
}

/** As `halvesReduce`. */
export function halvesAllreduce(size: number, bytes: number): boolean {
  if (size === 1) return false;
  if (forced.allreduce !== undefined) return forced.allreduce === "halving";
  if (forced.halvingFrom !== undefined) return bytes >= forced.halvingFrom;
  return size >= LIMITS.halvingAllreduceRanks && bytes >= LIMITS.halvingAllreduceBytes;
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
      return bytes > LIMITS[`${operation}ItemBytes`];
  }
}

export function chooseReduceScatter(size: number): "halving" | "pairwise" {
  return forced.reduceScatter ?? (size > LIMITS.reduceScatterRanks ? "halving" : "pairwise");
}

/** Whether alltoall passes small items on; otherwise every rank sends to every other. */
export function passesItemsOn(size: number): boolean {
  if (forced.alltoall !== undefined) return forced.alltoall !== "pairwise";
  return size >= LIMITS.alltoallRanks;
}

/** Whether hosts count. */
export function levels(): "one" | "two" {
  return forced.levels ?? "two";
}
