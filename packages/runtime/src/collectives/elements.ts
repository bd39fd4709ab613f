import { MPIError } from "@tsmpi/protocol";
import { bytesOf } from "../codec/bytes.js";
import { rawClass, rawClassOf } from "../codec/format.js";
import type { NumericArray } from "../operators/elementwise.js";
import type { Op } from "../operators/operator.js";

/** A typed array that may be cut, and what a packet says of it. */
export interface Elements {
  readonly array: NumericArray;
  readonly format: number;
}

/** A value as elements; undefined unless it is an instance of one of the language's typed arrays itself. */
export function elementsOf(value: unknown): Elements | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  const raw = rawClassOf(value);
  // A DataView has no elements; a subclass, Buffer among them, may cut and copy as it likes.
  if (raw === undefined || raw.name === "DataView" || value.constructor.name !== raw.name) return undefined;
  return raw.name === "Buffer" ? undefined : { array: value as NumericArray, format: raw.format };
}

/** Bytes that arrived, as elements like those of `like`; copied only if they are not aligned. */
export function viewedAs(bytes: Uint8Array, like: NumericArray): NumericArray {
  const { BYTES_PER_ELEMENT: width, constructor } = like;
  const Class = constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => NumericArray;
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes); // `slice` of a Buffer copies nothing
  return new Class(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}

/** A new array of the class of `like`. Its memory is not cleared. */
export function emptyLike(like: NumericArray, length: number): NumericArray {
  return viewedAs(Buffer.allocUnsafeSlow(length * like.BYTES_PER_ELEMENT), like);
}

/** The bytes of elements begin … end - 1, nothing copied. */
export function bytesBetween(array: NumericArray, begin: number, end: number): Uint8Array {
  return bytesOf(array.subarray(begin, end));
}

/** Combines two pieces; may write the result into `scratch`, one of the two. */
export function combineElements(
  op: Op<never>,
  a: NumericArray,
  b: NumericArray,
  scratch: NumericArray,
): NumericArray {
  const result: unknown = op.combine(a as never, b as never, scratch as never);
  const elements = elementsOf(result);
  if (elements?.array.constructor === a.constructor && elements.array.length === a.length) {
    return elements.array;
  }
  throw notElementwise(op, a);
}

/** The error for an operation that does not do what it has promised. */
export function notElementwise(op: { readonly name: string }, a: NumericArray): MPIError {
  return new MPIError(
    "ERR_OP",
    `the operation "${op.name}" says it works element by element, but made something else ` +
      `of two arrays of type ${a.constructor.name}; return one of that type and length`,
  );
}

/** Says why two values cannot be combined piece by piece. */
export function differing(
  name: string,
  own: Elements,
  other: { format: number; wholeBytes: number },
): MPIError {
  const type = rawClass(other.format);
  if (other.format !== own.format || type === undefined) {
    return new MPIError(
      "ERR_OP",
      `${name} cannot combine a ${own.array.constructor.name} with a ${type?.name ?? "value of another kind"}; every rank must pass the same type`,
    );
  }
  return new MPIError(
    "ERR_COUNT",
    `${name} cannot combine arrays of ${own.array.length} and ${other.wholeBytes / type.bytesPerElement} elements; every rank must pass the same length`,
  );
}
