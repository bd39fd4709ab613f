/**
 * Format numbers on the wire. Small scalars, strings, plain arrays of numbers and everything with
 * a fixed element type travel raw; only the rest pays for CBOR (and for loading it).
 */
export const Format = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  /** One IEEE double. */
  NUMBER: 4,
  /** UTF-8. */
  STRING: 5,
  CBOR: 6,
  /** A plain array of numbers as IEEE doubles. */
  NUMBERS: 7,
  /** Several packets in one (collectives). */
  BUNDLE: 8,
  /** An error in place of a value (collectives). */
  FAILURE: 9,
  /** A part of a value, behind a header that says of what (collectives). */
  PIECE: 10,
  /** In place of an item that comes in a message of its own (collectives). */
  LATER: 11,
} as const;

/** A class whose instances are a view of raw memory. */
export interface RawClass {
  readonly name: string;
  readonly format: number;
  readonly bytesPerElement: number;
  /** Makes a value over the first `length` bytes of `buffer`. */
  readonly view: (buffer: ArrayBuffer, length: number) => object;
}

type ViewClass = new (buffer: ArrayBuffer, offset: number, length: number) => object;

function viewed(name: string, format: number): RawClass | undefined {
  const constructor = (globalThis as Record<string, unknown>)[name] as
    (ViewClass & { BYTES_PER_ELEMENT?: number }) | undefined;
  if (constructor === undefined) return undefined; // Float16Array before Node 24
  const bytesPerElement = constructor.BYTES_PER_ELEMENT ?? 1;
  return {
    name,
    format,
    bytesPerElement,
    view: (buffer, length) => new constructor(buffer, 0, length / bytesPerElement),
  };
}

const byFormat: (RawClass | undefined)[] = [];
const byName = new Map<string, RawClass>();

for (const [index, name] of [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "DataView",
].entries()) {
  register(viewed(name, 16 + index));
}
register({
  name: "Buffer",
  format: 40,
  bytesPerElement: 1,
  view: (buffer, length) => Buffer.from(buffer, 0, length),
});
register({ name: "ArrayBuffer", format: 41, bytesPerElement: 1, view: (buffer) => buffer });

function register(entry: RawClass | undefined): void {
  if (entry === undefined) return;
  byFormat[entry.format] = entry;
  byName.set(entry.name, entry);
}

/** The class of a format, undefined for formats that are not raw memory. */
export function rawClass(format: number): RawClass | undefined {
  return byFormat[format];
}

/** The class of a value, undefined for values that are not raw memory. */
export function rawClassOf(value: object): RawClass | undefined {
  if (ArrayBuffer.isView(value)) {
    if (Buffer.isBuffer(value)) return byName.get("Buffer");
    return byName.get((value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]);
  }
  return value instanceof ArrayBuffer ? byName.get("ArrayBuffer") : undefined;
}

/** Whether two raw classes hold the same kind of element, so that one can be received into the other. */
export function sameElements(a: RawClass, b: RawClass): boolean {
  return elementName(a.name) === elementName(b.name);
}

function elementName(name: string): string {
  return name === "Buffer" || name === "ArrayBuffer" || name === "DataView" ? "Uint8Array" : name;
}
