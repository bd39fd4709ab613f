import { MPIError } from "@tsmpi/protocol";

/** A typed array whose elements can be combined. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A loop over two arrays; `out` may be one of them. */
export type Kernel = (a: NumericArray, b: NumericArray, out: NumericArray) => void;

type Scalar = (a: never, b: never) => unknown;

/**
 * Lifts an operation on scalars to typed arrays and plain arrays of equal length, element by element.
 * `kernel` is the loop for typed arrays where one written out is faster than a call for each element.
 */
export function elementwise(name: string, scalar: Scalar, kernel: Kernel = loopOver(scalar)) {
  const combine = (a: unknown, b: unknown, scratch?: unknown): unknown => {
    if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      return combineTyped(name, kernel, a as NumericArray, b as NumericArray, scratch);
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      checkLengths(name, a.length, b.length);
      return a.map((item: unknown, index) => combine(item, b[index]));
    }
    return scalar(a as never, b as never);
  };
  return combine;
}

function combineTyped(name: string, kernel: Kernel, a: NumericArray, b: NumericArray, scratch: unknown) {
  if (a.constructor !== b.constructor || a instanceof DataView) {
    throw new MPIError(
      "ERR_OP",
      `${name} cannot combine a ${a.constructor.name} with a ${b.constructor.name}; every rank must pass the same type`,
    );
  }
  checkLengths(name, a.length, b.length);
  const out = (scratch as NumericArray | undefined) ?? (a.slice() as NumericArray);
  kernel(a, b, out);
  return out;
}

function checkLengths(name: string, a: number, b: number): void {
  if (a === b) return;
  throw new MPIError(
    "ERR_COUNT",
    `${name} cannot combine arrays of ${a} and ${b} elements; every rank must pass the same length`,
  );
}

function loopOver(scalar: Scalar): Kernel {
  const combine = scalar as (a: unknown, b: unknown) => unknown;
  return (a, b, out) => {
    for (let i = 0; i < a.length; i++) out[i] = combine(a[i], b[i]) as never;
  };
}
