import { MPIError } from "@tsmpi/protocol";
import type { NumericArray } from "../operators/elementwise.js";

/** What the v-variants cut and join: a typed array or a plain array. */
export type Sequence = NumericArray | readonly unknown[];

/** Cuts a sequence into contiguous pieces of these lengths: views of a typed array, copies of a plain one. */
export function cut<A extends Sequence>(array: A, counts: readonly number[]): A[] {
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
  if (isSequence(value)) return;
  throw new MPIError("ERR_TYPE", `expected a typed array or a plain array, not ${kindOf(value)}`);
}

/** True for a typed or plain array. */
export function isSequence(value: unknown): value is Sequence {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : String(value);
}
