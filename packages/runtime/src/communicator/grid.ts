import { MPIError } from "@tsmpi/protocol";
import { PROC_NULL } from "../constants.js";

/** The arithmetic of a Cartesian topology: ranks in row-major order, the last dimension fastest. Pure. */
export class Grid {
  readonly dims: readonly number[];
  readonly periods: readonly boolean[];
  /** Number of places. */
  readonly size: number;

  constructor(dims: readonly number[], periods: readonly boolean[]) {
    this.dims = Object.freeze([...dims]);
    this.periods = Object.freeze([...periods]);
    this.size = product(dims);
  }

  /** The coordinates of a rank of the grid. */
  coordsOf(rank: number): number[] {
    let rest = rank;
    return this.dims
      .toReversed()
      .map((side) => {
        const coordinate = rest % side;
        rest = (rest - coordinate) / side;
        return coordinate;
      })
      .reverse();
  }

  /** The rank at these coordinates; outside, a period wraps and an edge gives undefined. */
  rankOf(coords: readonly number[]): number | undefined {
    let rank = 0;
    for (const [dim, side] of this.dims.entries()) {
      const coordinate = coords[dim]!;
      if (!this.periods[dim] && (coordinate < 0 || coordinate >= side)) return undefined;
      rank = rank * side + (((coordinate % side) + side) % side);
    }
    return rank;
  }

  /** The rank `by` places further along a dimension, PROC_NULL beyond the edge. */
  neighbour(rank: number, dim: number, by: number): number {
    const coords = this.coordsOf(rank);
    coords[dim]! += by;
    return this.rankOf(coords) ?? PROC_NULL;
  }

  /** The grid of the kept dimensions. */
  part(keep: readonly boolean[]): Grid {
    const kept = <T>(list: readonly T[]) => list.filter((_, dim) => keep[dim]);
    return new Grid(kept(this.dims), kept(this.periods));
  }

  /** Which of the parts a rank is in: its place along the dimensions that are not kept. */
  colorOf(rank: number, keep: readonly boolean[]): number {
    const rest = this.part(keep.map((kept) => !kept));
    return rest.rankOf(this.coordsOf(rank).filter((_, dim) => !keep[dim]))!;
  }
}

/** What a user asked for, as a grid that fits `available` ranks. Throws ERR_DIMS. */
export function checkGrid(
  dims: readonly number[],
  periods: boolean | readonly boolean[],
  available: number,
): Grid {
  if (!Array.isArray(dims)) throw error(`${String(dims)} is not a list of dimensions`);
  for (const side of dims as readonly number[]) {
    if (!Number.isSafeInteger(side) || side < 1) {
      throw error(`dimension ${String(side)} is not a whole number from 1; dimsCreate can choose them`);
    }
  }
  const around = typeof periods === "boolean" ? dims.map(() => periods) : periods;
  if (!Array.isArray(around) || around.length !== dims.length) {
    throw error(`periods must be a list of ${dims.length} booleans, one for each dimension`);
  }
  if (product(dims) > available) {
    throw error(`a grid of ${dims.join(" × ")} needs ${product(dims)} ranks and there are ${available}`);
  }
  return new Grid(dims, around.map(Boolean));
}

function product(dims: readonly number[]): number {
  return dims.reduce((size, side) => size * side, 1);
}

function error(message: string): MPIError {
  return new MPIError("ERR_DIMS", message);
}
