import { MPIError } from "@tsmpi/protocol";
import type { NumericArray } from "../operators/elementwise.js";

/** What the v-variants cut and join: a typed array or a plain array. */
export type Sequence = NumericArray | readonly unknown[];

/** Lengths of `size` contiguous pieces of `length` elements; the first `length % size` get one more. */
export function balancedCounts(length: number, size: number): number[] {
  const share = Math.floor(length / size);
  return Array.from({ length: size }, (_, rank) => share + (rank < length % size ? 1 : 0));
}

/** The sequence if it can be cut so, else undefined. */
export function cuttable<A extends Sequence>(array: A, counts: readonly number[]): A | undefined {
  const total = Array.isArray(counts) ? counts.reduce((sum: number, count: number) => sum + count, 0) : NaN;
  return total === array?.length ? array : undefined;
}

/**
 * Cuts a sequence into contiguous pieces: views of a typed array, copies of a plain one. Throws
 * ERR_COUNT unless there is one whole count for each rank and they add up to the length.
 */
export function cut<A extends Sequence>(array: A, counts: readonly number[], size: number): A[] {
  checkSequence(array);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const valid = counts.length === size && counts.every((count) => Number.isInteger(count) && count >= 0);
  if (!valid || total !== array.length) {
    throw new MPIError(
      "ERR_COUNT",
      `the counts [${counts.join(", ")}] must be ${size} whole numbers that add up to the array's length ${array.length}`,
    );
  }
  let begin = 0;
  return counts.map((count) => {
    const end = begin + count;
    const piece = ArrayBuffer.isView(array) ? array.subarray(begin, end) : array.slice(begin, end);
    begin = end;
    return piece as unknown as A;
  });
}

/** Joins pieces of one type in order. Throws ERR_TYPE if their types differ. */
export function join<A extends Sequence>(pieces: readonly A[]): A {
  const [first] = pieces;
  const kinds = new Set(pieces.map((piece) => kindOf(piece)));
  if (kinds.size > 1) {
    throw new MPIError(
      "ERR_TYPE",
      `pieces of different types cannot be joined: ${[...kinds].join(", ")}; every rank must pass the same type`,
    );
  }
  if (!ArrayBuffer.isView(first)) return (pieces as unknown as unknown[][]).flat(1) as unknown as A;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new (first.constructor as new (length: number) => NumericArray)(length);
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece as never, position);
    position += piece.length;
  }
  return whole as A;
}

/** Throws ERR_TYPE for anything but a typed or plain array. */
export function checkSequence(value: unknown): void {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return;
  throw new MPIError("ERR_TYPE", `expected a typed array or a plain array, not ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : String(value);
}
