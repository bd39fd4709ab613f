import { MPIError } from "@tsmpi/protocol";
import { bytesOf } from "./bytes.js";
import { cborCodec } from "./cbor.js";
import { losesCycle } from "./cycles.js";
import { encodeFlat } from "./flat.js";
import { Format, rawClassOf } from "./format.js";
import { untie } from "./knot.js";
import { emptyPacket, type Packet } from "./packet.js";
import { slab } from "./slab.js";
import { findUnsendable } from "./unsendable.js";

/**
 * The packet for a value. Objects are encoded now, so that the caller may change them afterwards;
 * typed arrays and their kin are borrowed. Throws ERR_TYPE naming the path of what cannot be sent.
 */
export function encode(value: unknown): Packet {
  switch (typeof value) {
    case "number":
      return { format: Format.NUMBER, bytes: slab.double(value), owned: true };
    case "undefined":
      return emptyPacket(Format.UNDEFINED);
    case "boolean":
      return emptyPacket(value ? Format.TRUE : Format.FALSE);
    case "string":
      return { format: Format.STRING, bytes: Buffer.from(value, "utf8"), owned: true };
    case "object":
      return value === null ? emptyPacket(Format.NULL) : encodeObject(value);
    default:
      return encodeCbor(value);
  }
}

function encodeObject(value: object): Packet {
  const raw = rawClassOf(value);
  if (raw !== undefined) {
    return {
      format: raw.format,
      bytes: bytesOf(value as ArrayBufferView | ArrayBuffer),
      owned: false,
    };
  }
  if (Array.isArray(value) && isNumbers(value)) {
    return { format: Format.NUMBERS, bytes: bytesOf(Float64Array.from(value)), owned: true };
  }
  const flat = encodeFlat(value);
  return flat === undefined ? encodeCbor(value) : { format: Format.CBOR, bytes: flat, owned: true };
}

function isNumbers(array: readonly unknown[]): array is number[] {
  if (array.length === 0) return false;
  for (let i = 0; i < array.length; i++) if (typeof array[i] !== "number") return false;
  return true;
}

function encodeCbor(value: unknown): Packet {
  let bytes: Uint8Array;
  try {
    bytes = cborCodec().encode(value);
  } catch (cause) {
    const found = tryFindUnsendable(value);
    if (found === undefined) {
      throw new MPIError("ERR_TYPE", `the value cannot be encoded: ${String(cause)}`, { cause });
    }
    const remedy = found.endsWith(" is a Promise") ? "did you forget await?" : "send plain data instead";
    throw new MPIError("ERR_TYPE", `${found}, which means nothing in another process; ${remedy}`);
  }
  if (losesCycle(value, bytes)) bytes = cborCodec().encode(untie(value as object));
  return { format: Format.CBOR, bytes, owned: true };
}

/** Undefined as well if the value is nested too deeply to be searched. */
function tryFindUnsendable(value: unknown): string | undefined {
  try {
    return findUnsendable(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
