import { MPIError } from "@tsmpi/protocol";
import { bytesOf } from "./bytes.js";
import { cborCodec } from "./cbor.js";
import { decodeFlat } from "./flat.js";
import { Format, rawClass, rawClassOf, sameElements } from "./format.js";
import type { Packet } from "./packet.js";

/** A typed array, DataView, Buffer or ArrayBuffer that a message is received into. */
export type ReceiveBuffer = ArrayBufferView | ArrayBuffer;

/** Frames of at least this many bytes are handed to the user instead of copied; libzmq gives each its own memory. */
const HAND_OVER_BYTES = 32_768;

/** The value of a packet. It shares no memory with another value, nor with a buffer still in use. */
export function decode(packet: Packet): unknown {
  const { format, bytes } = packet;
  switch (format) {
    case Format.UNDEFINED:
      return undefined;
    case Format.NULL:
      return null;
    case Format.FALSE:
      return false;
    case Format.TRUE:
      return true;
    case Format.NUMBER:
      return double(bytes);
    case Format.STRING:
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    case Format.CBOR:
      return decodeFlat(bytes) ?? cborCodec().decode(packet.owned ? bytes : Buffer.from(bytes)); // it may keep parts
    case Format.NUMBERS:
      return Array.from(new Float64Array(ownBuffer(packet)));
    default:
      return decodeRaw(packet);
  }
}

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

function double(bytes: Uint8Array): number {
  for (let i = 0; i < 8; i++) floatBytes[i] = bytes[i]!;
  return float[0]!;
}

function decodeRaw(packet: Packet): unknown {
  const raw = rawClass(packet.format);
  if (raw === undefined) {
    throw new MPIError("ERR_TYPE", `a message of unknown format ${packet.format} arrived`);
  }
  return raw.view(ownBuffer(packet), packet.bytes.byteLength);
}

/** Memory of the packet's own: the frame itself if it may be kept, or a copy. */
function ownBuffer({ bytes, owned }: Packet): ArrayBuffer {
  if (owned && bytes.byteLength >= HAND_OVER_BYTES && bytes.byteLength === bytes.buffer.byteLength) {
    return bytes.buffer as ArrayBuffer;
  }
  // Clearing what is overwritten at once costs a third of copying it, once it is large.
  const isLarge = bytes.byteLength >= HAND_OVER_BYTES;
  const copy = isLarge ? Buffer.allocUnsafeSlow(bytes.byteLength) : new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy.buffer as ArrayBuffer;
}

/**
 * Copies a packet into the user's buffer and returns that. A longer message throws ERR_TRUNCATE, one
 * of another element type ERR_TYPE; a shorter one leaves the tail untouched.
 */
export function decodeInto(packet: Packet, into: ReceiveBuffer, source: number, tag: number): ReceiveBuffer {
  const target = rawClassOf(into);
  const raw = rawClass(packet.format);
  if (target === undefined || raw === undefined || !sameElements(raw, target)) {
    const from = `from rank ${source} with tag ${tag}`;
    const type = target === undefined ? "no buffer" : `a ${target.name}`;
    const remedy =
      raw === undefined && target !== undefined
        ? `send ${type}, or leave out \`into\``
        : "receive it without `into`, or into the same type";
    throw new MPIError(
      "ERR_TYPE",
      `the message ${from} holds ${describe(packet.format)}, but \`into\` is ${type}; ${remedy}`,
    );
  }
  if (packet.bytes.byteLength > into.byteLength) {
    throw new MPIError(
      "ERR_TRUNCATE",
      `the message from rank ${source} with tag ${tag} has ${packet.bytes.byteLength} bytes, but \`into\` holds only ${into.byteLength}; ` +
        "the message is dropped: give a larger buffer",
    );
  }
  const { bytes } = packet;
  const place = bytesOf(into);
  // What a lane has put there by itself is there.
  if (bytes.buffer !== place.buffer || bytes.byteOffset !== place.byteOffset) place.set(bytes);
  return into;
}

/** The memory in `into` that a packet of this format and size will fill; undefined if it does not fit. */
export function placeIn(into: ReceiveBuffer, format: number, bytes: number): Uint8Array | undefined {
  const target = rawClassOf(into);
  const raw = rawClass(format);
  if (target === undefined || raw === undefined || !sameElements(raw, target)) return undefined;
  return bytes > into.byteLength ? undefined : bytesOf(into).subarray(0, bytes);
}

function describe(format: number): string {
  const raw = rawClass(format);
  if (raw !== undefined) return `a ${raw.name}`;
  switch (format) {
    case Format.UNDEFINED:
      return "undefined";
    case Format.NULL:
      return "null";
    case Format.FALSE:
    case Format.TRUE:
      return "a boolean";
    case Format.NUMBER:
      return "a number";
    case Format.STRING:
      return "a string";
    case Format.NUMBERS:
      return "a list of numbers";
    default:
      return "an object";
  }
}
