/**
 * Objects as CBOR, by cbor-x, which is loaded when the first object is sent or received: a program
 * that exchanges numbers, strings and typed arrays never pays for it.
 */
import { createRequire } from "node:module";
import { defineHidden, Knot, tie } from "./knot.js";

interface Cbor {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** Tags from the first-come range of RFC 8949, used between our own ranks only. */
const TAG = { error: 40_501, arrayBuffer: 40_502, dataView: 40_503, never: 40_504, knot: 40_505 } as const;

const ERROR_CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

let cbor: Cbor | undefined;

/** The codec, loading it on first use. */
export function cborCodec(): Cbor {
  return (cbor ??= load());
}

function load(): Cbor {
  const { Encoder, addExtension } = createRequire(import.meta.url)("cbor-x") as typeof import("cbor-x");
  // Extensions are looked up newest first, so these win over cbor-x's own, which lose the class of
  // an error and its cause, and turn the other two into something else.
  addExtension({
    Class: Error as unknown as new () => Error,
    tag: TAG.error,
    encode: (error: Error, encode: (data: unknown) => Buffer) =>
      encode(
        "cause" in error
          ? [error.constructor.name, error.name, error.message, error.cause]
          : [error.constructor.name, error.name, error.message],
      ),
    decode: ([className, name, message, ...cause]: [string, string, string, unknown?]) => {
      const error = makeError(className, name, message);
      if (cause.length > 0) defineHidden(error, "cause", cause[0]);
      return error;
    },
  } as never);
  addExtension({
    Class: Knot,
    tag: TAG.knot,
    encode: (knot: Knot, encode: (data: unknown) => Buffer) => encode(knot.nodes),
    decode: (nodes: Knot["nodes"]) => tie({ nodes }, makeError),
  } as never);
  addExtension({
    Class: ArrayBuffer,
    tag: TAG.arrayBuffer,
    encode: (buffer: ArrayBuffer, encode: (data: unknown) => Buffer) => encode(new Uint8Array(buffer)),
    decode: (bytes: Uint8Array) => bytes.slice().buffer,
  } as never);
  addExtension({
    Class: DataView,
    tag: TAG.dataView,
    encode: (view: DataView, encode: (data: unknown) => Buffer) =>
      encode(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)),
    decode: (bytes: Uint8Array) => new DataView(bytes.slice().buffer),
  } as never);
  // Without these cbor-x would send an empty object in their place.
  for (const Class of [Promise, WeakMap, WeakSet, WeakRef]) {
    addExtension({ Class, tag: TAG.never, encode: rejectUnsendable, decode: rejectUnsendable } as never);
  }
  return new Encoder({
    useToJSON: true, // lets classes bound to this process refuse
    structuredClone: true, // cycles and shared references
    useRecords: false,
    mapsAsObjects: true,
    tagUint8Array: true,
    copyBuffers: true, // a decoded array must not alias the frame it came in
    alwaysUseFloat: true, // the integer encoding loses -0
    useFloat32: 0,
    variableMapSize: true, // else the number of properties is written in 16 bits, whatever it is
  } as never) as Cbor;
}

function makeError(className: string, name: string, message: string): Error {
  const error = new (ERROR_CLASSES[className] ?? Error)(message);
  if (error.name !== name) defineHidden(error, "name", name);
  delete error.stack; // the frames of the decoder say nothing about where it happened
  return error;
}

function rejectUnsendable(): never {
  throw new TypeError("cannot be sent");
}
