import { MPIError } from "@tsmpi/protocol";
import { quote } from "../quote.js";

/** Lengths of `size` contiguous pieces of `length` elements; the first `length % size` get one more. */
export function balancedCounts(length: number, size: number): number[] {
  const share = Math.floor(length / size);
  return Array.from({ length: size }, (_, rank) => share + (rank < length % size ? 1 : 0));
}

/** What a list, a typed array or anything else with a length holds; undefined for what has none. */
export function listed(value: unknown): unknown[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { length } = value as { readonly length?: unknown };
  return Number.isSafeInteger(length) && (length as number) >= 0
    ? Array.from(value as ArrayLike<unknown>)
    : undefined;
}

/** True if an array of this length can be cut so. */
export function addsUp(counts: unknown, length: number | undefined): boolean {
  const numbers = listed(counts);
  return numbers !== undefined && numbers.every(isCount) && total(numbers) === length;
}

/**
 * The counts as a plain list. Throws ERR_ARG if they are no list, ERR_COUNT unless there is one whole count for each
 * rank and they add up to the array's length.
 *
 * @param call how the call is written, with the text it gets for the counts
 */
export function checkCounts(
  counts: unknown,
  length: number,
  size: number,
  call: (counts: string) => string,
): number[] {
  const numbers = listed(counts);
  if (numbers === undefined) {
    const example = size > 4 ? "[…]" : `[${balancedCounts(length, size).join(", ")}]`;
    throw new MPIError(
      "ERR_ARG",
      `counts is ${quote(counts)}; pass a list of ${size} whole numbers, one for each rank: ${call(example)}`,
    );
  }
  if (numbers.length === size && numbers.every(isCount) && total(numbers) === length) return numbers;
  throw new MPIError(
    "ERR_COUNT",
    `the counts [${numbers.map(quote).join(", ")}] must be ${size} whole numbers that add up to the array's length ${length}`,
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
