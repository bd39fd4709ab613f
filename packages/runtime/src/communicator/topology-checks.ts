import { MPIError } from "@tsmpi/protocol";
import { UNDEFINED } from "../constants.js";
import { quote } from "../quote.js";
import type { Caller } from "./validation.js";

/** A whole number, positive or not. */
export function checkInteger(what: string, value: number, caller: Caller): number {
  if (Number.isSafeInteger(value)) return value;
  throw new MPIError("ERR_ARG", `${what} ${quote(value)} is not a whole number`, caller);
}

/** The colour of a split. */
export function checkColor(color: number, caller: Caller): number {
  if (color === UNDEFINED || (Number.isSafeInteger(color) && color >= 0)) return color;
  throw new MPIError(
    "ERR_ARG",
    `colour ${quote(color)} is not a whole number from 0, nor UNDEFINED for "in no part"` +
      (typeof color === "object" ? "; write split(color, { key })" : ""),
    caller,
  );
}

/** A rank of the communicator itself. */
export function checkRank(rank: number, caller: Caller): number {
  if (Number.isInteger(rank) && rank >= 0 && rank < caller.size) return rank;
  throw new MPIError(
    "ERR_RANK",
    `${String(rank)} is not in this grid of ${caller.size}; it must be a whole number from 0 to ${caller.size - 1}`,
    caller,
  );
}

/** Coordinates in a grid of `ndims` dimensions, inside it or not. */
export function checkCoords(coords: readonly number[], ndims: number, caller: Caller): readonly number[] {
  const valid = isList(coords) && coords.length === ndims && coords.every((c) => Number.isSafeInteger(c));
  if (valid) return coords;
  throw new MPIError(
    "ERR_ARG",
    `coordinates ${isList(coords) ? `[${coords.join(", ")}]` : String(coords)} must be ${ndims} whole numbers`,
    caller,
  );
}

/** A dimension of a grid. */
export function checkDim(dim: number, ndims: number, caller: Caller): void {
  if (Number.isInteger(dim) && dim >= 0 && dim < ndims) return;
  throw new MPIError("ERR_DIMS", `the grid has ${ndims} dimensions, and no dimension ${String(dim)}`, caller);
}

/** Which dimensions a part of a grid keeps. */
export function checkKeep(keep: readonly boolean[], ndims: number, caller: Caller): void {
  const valid = isList(keep) && keep.length === ndims && keep.every((kept) => typeof kept === "boolean");
  if (valid) return;
  throw new MPIError("ERR_DIMS", `pass ${ndims} booleans, one for each dimension of the grid`, caller);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
