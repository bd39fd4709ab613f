import { slab } from "./slab.js";

/**
 * The commonest objects as CBOR without cbor-x: plain ones whose values are numbers, strings, booleans, null or undefined.
 * What is written here cbor-x could read and the reverse; each takes what the other would have made, so which of them
 * was at work is not to be seen.
 */
const MAP = 0xa0;
const TEXT = 0x60;
const TEXT_8 = 0x78;
const TEXT_32 = 0x7a;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const UNDEFINED = 0xf7;
const DOUBLE = 0xfb;
/** Counts and lengths up to here are in the first byte. */
const SHORT = 23;
/** What a value needs beside its text, with a key of the longest kind that is taken. */
const ITEM_BYTES = 1 + SHORT + 9;
/** Larger ones are left to cbor-x. */
const MOST_BYTES = 2 ** 28;

/** Methods that Node does not document, and all such codecs use: `write` and `toString` do the same by a detour. */
interface TextBuffer extends Buffer {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(begin: number, end: number): string;
}

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The encoding of an object; undefined if it is not so simple. Its getters may encode something themselves. */
export function encodeFlat(value: object): Buffer | undefined {
  if (!isLittleEndian || Object.getPrototypeOf(value) !== Object.prototype || "toJSON" in value)
    return undefined;
  const object = value as Record<string, unknown>;
  let count = 0;
  let at = 1;
  let buffer = slab.room(1 + (SHORT + 1) * ITEM_BYTES);
  let { used: begin, turn } = slab;
  for (const key in object) {
    if (++count > SHORT || key.length > SHORT || !Object.hasOwn(object, key)) return undefined;
    buffer[begin + at++] = TEXT + key.length;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 0x7f) return undefined;
      buffer[begin + at++] = code;
    }
    const item = object[key];
    if (typeof item === "number") {
      at = putDouble(buffer, begin, at, item);
    } else if (typeof item === "string") {
      const bytes = Buffer.byteLength(item);
      if (begin + at + bytes + (SHORT + 1) * ITEM_BYTES > buffer.byteLength) {
        if (slab.turn !== turn || at + bytes > MOST_BYTES) return undefined;
        const before = buffer.subarray(begin, begin + at);
        buffer = slab.room(2 * (at + bytes) + (SHORT + 1) * ITEM_BYTES);
        ({ used: begin, turn } = slab);
        buffer.set(before, begin);
      }
      at = putText(buffer as TextBuffer, begin, at, item, bytes);
    } else if (item === undefined) buffer[begin + at++] = UNDEFINED;
    else if (item === null) buffer[begin + at++] = NULL;
    else if (typeof item === "boolean") buffer[begin + at++] = item ? TRUE : FALSE;
    else return undefined;
  }
  if (slab.turn !== turn) return undefined;
  buffer[begin] = MAP + count;
  return slab.take(at);
}

function putDouble(buffer: Buffer, begin: number, at: number, value: number): number {
  float[0] = value;
  const to = begin + at;
  buffer[to] = DOUBLE;
  for (let i = 0; i < 8; i++) buffer[to + 8 - i] = floatBytes[i]!;
  return at + 9;
}

function putText(buffer: TextBuffer, begin: number, at: number, text: string, bytes: number): number {
  let to = begin + at;
  if (bytes <= SHORT) buffer[to++] = TEXT + bytes;
  else {
    buffer[to] = TEXT_32;
    buffer.writeUInt32BE(bytes, to + 1);
    to += 5;
  }
  // A text of as many bytes as characters is ASCII.
  if (bytes === text.length) buffer.latin1Write(text, to, bytes);
  else buffer.utf8Write(text, to, bytes);
  return to + bytes - begin;
}

/** The object that bytes hold; undefined if they are not such an encoding. */
export function decodeFlat(bytes: Uint8Array): Record<string, unknown> | undefined {
  const count = bytes[0]! - MAP;
  if (!isLittleEndian || count < 0 || count > SHORT) return undefined;
  const buffer = bufferOf(bytes) as TextBuffer;
  const object: Record<string, unknown> = {};
  let at = 1;
  for (let i = 0; i < count; i++) {
    const length = buffer[at++]! - TEXT;
    if (length < 0 || length > SHORT) return undefined;
    const key = keyAt(buffer, at, length);
    if (key === "__proto__") return undefined;
    at += length;
    const kind = buffer[at++]!;
    if (kind === DOUBLE) {
      for (let j = 0; j < 8; j++) floatBytes[7 - j] = buffer[at + j]!;
      object[key] = float[0];
      at += 8;
    } else if (kind >= TEXT && kind <= TEXT_32) {
      let size = kind - TEXT;
      if (size > SHORT) {
        const width = 1 << (kind - TEXT_8);
        size = buffer.readUIntBE(at, width);
        at += width;
      }
      object[key] = buffer.utf8Slice(at, at + size);
      at += size;
    } else if (kind === UNDEFINED) object[key] = undefined;
    else if (kind === NULL) object[key] = null;
    else if (kind === TRUE || kind === FALSE) object[key] = kind === TRUE;
    else return undefined;
  }
  return at === buffer.byteLength ? object : undefined;
}

/** Most are one already. */
function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Keys come again and again: each that was read is kept where its first bytes say. */
const KEYS = 256;
const keys = new Array<string>(KEYS).fill("");

function keyAt(bytes: TextBuffer, begin: number, length: number): string {
  let hash = length;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[begin + i]!) | 0;
  const known = keys[hash & (KEYS - 1)]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[begin + i]) i++;
    if (i === length) return known;
  }
  const key = bytes.utf8Slice(begin, begin + length);
  if (key.length === length) keys[hash & (KEYS - 1)] = key;
  return key;
}
