import type { Mapping } from "./mapping.js";

/**
 * A ring between two ranks: one writes, one reads. Positions are counts of bytes modulo 2^32, each on a
 * cache line of its own; data begin at the second page and are mapped twice (mapping.ts), so that every
 * record is in one piece.
 *
 * A record is `u32 bytes of the head, u32 kind or bytes of the payload`, head, payload, and begins at a
 * multiple of 8. Invariant: `read <= written <= read + capacity`.
 */
const READ = 0;
const FETCHED = 1;
const WRITTEN = 16;
const RECORD_HEAD_BYTES = 8;
/** In place of the payload's size: there is none. */
const NO_PAYLOAD = 0xffff_ffff;
/** The payload is in the writer's memory: behind the head are its address and size. */
const ELSEWHERE = 0xffff_fffe;

/** The writing end. */
export class RingWriter {
  readonly #words: Int32Array;
  readonly #unsigned: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #wide: BigUint64Array;
  readonly #start: number;
  readonly #capacity: number;
  #written = 0;
  #read = 0;

  /** @param start where data begin */
  constructor({ memory }: Mapping, start: number) {
    this.#words = new Int32Array(memory);
    this.#unsigned = new Uint32Array(memory);
    this.#bytes = new Uint8Array(memory);
    this.#wide = new BigUint64Array(memory);
    this.#start = start;
    this.#capacity = (memory.byteLength - start) / 2;
  }

  /** Number of payloads in this process's memory that the reader has fetched, modulo 2^32. */
  get fetched(): number {
    return Atomics.load(this.#words, FETCHED) >>> 0;
  }

  /** Copies a message into the ring; false if there is no room for it now. */
  write(head: Uint8Array, payload: Uint8Array | undefined): boolean {
    const headBytes = head.byteLength;
    const payloadBytes = payload === undefined ? 0 : payload.byteLength;
    const size = recordBytes(headBytes, payloadBytes);
    if (!this.#hasRoom(size)) return false;
    const begin = this.#begin(headBytes, payload === undefined ? NO_PAYLOAD : payloadBytes);
    this.#bytes.set(head, begin);
    if (payload !== undefined) this.#bytes.set(payload, begin + align(headBytes));
    this.#publish(size);
    return true;
  }

  /** The same for a payload that stays where it is, unchanged, until it has been fetched. */
  lend(head: Uint8Array, address: bigint, bytes: number): boolean {
    const size = recordBytes(head.byteLength, 16);
    if (!this.#hasRoom(size)) return false;
    const begin = this.#begin(head.byteLength, ELSEWHERE);
    this.#bytes.set(head, begin);
    const at = (begin + align(head.byteLength)) / 8;
    this.#wide[at] = address;
    this.#wide[at + 1] = BigInt(bytes);
    this.#publish(size);
    return true;
  }

  #hasRoom(size: number): boolean {
    if (size <= this.#capacity - ((this.#written - this.#read) >>> 0)) return true;
    this.#read = Atomics.load(this.#words, READ) >>> 0;
    return size <= this.#capacity - ((this.#written - this.#read) >>> 0);
  }

  #begin(headBytes: number, payload: number): number {
    const begin = this.#start + (this.#written & (this.#capacity - 1));
    this.#unsigned[begin >> 2] = headBytes;
    this.#unsigned[(begin >> 2) + 1] = payload;
    return begin + RECORD_HEAD_BYTES;
  }

  #publish(size: number): void {
    this.#written = (this.#written + size) >>> 0;
    Atomics.store(this.#words, WRITTEN, this.#written | 0);
  }
}

/** A payload that the writer has lent. */
export interface Loan {
  readonly address: bigint;
  readonly bytes: bigint;
}

/** The reading end. */
export class RingReader {
  readonly #words: Int32Array;
  readonly #unsigned: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #wide: BigUint64Array;
  readonly #start: number;
  readonly #capacity: number;
  #read = 0;
  #fetched = 0;

  /** @param start where data begin */
  constructor({ memory }: Mapping, start: number) {
    this.#words = new Int32Array(memory);
    this.#unsigned = new Uint32Array(memory);
    this.#bytes = new Uint8Array(memory);
    this.#wide = new BigUint64Array(memory);
    this.#start = start;
    this.#capacity = (memory.byteLength - start) / 2;
  }

  /** True when there is nothing to read. */
  get empty(): boolean {
    return Atomics.load(this.#words, WRITTEN) >>> 0 === this.#read;
  }

  /** The 32-bit word at `offset` (a multiple of 4) in the head of the next message, which must be there. */
  word(offset: number): number {
    return this.#unsigned[(this.#begin + RECORD_HEAD_BYTES + offset) >> 2]!;
  }

  /** The next message's head, in memory of its own. The message must be there, and stays. */
  head(): Uint8Array {
    const from = this.#begin + RECORD_HEAD_BYTES;
    return copy(this.#bytes, from, this.#unsigned[this.#begin >> 2]!);
  }

  /** The same for its payload: memory of its own, a loan, or undefined if the message has none. */
  payload(): Uint8Array | Loan | undefined {
    const begin = this.#begin;
    const kind = this.#unsigned[(begin >> 2) + 1]!;
    if (kind === NO_PAYLOAD) return undefined;
    const from = begin + RECORD_HEAD_BYTES + align(this.#unsigned[begin >> 2]!);
    if (kind !== ELSEWHERE) return copy(this.#bytes, from, kind);
    return { address: this.#wide[from / 8]!, bytes: this.#wide[from / 8 + 1]! };
  }

  /** Takes the next message out of the ring. */
  shift(): void {
    const begin = this.#begin;
    const kind = this.#unsigned[(begin >> 2) + 1]!;
    const payloadBytes = kind === NO_PAYLOAD ? 0 : kind === ELSEWHERE ? 16 : kind;
    if (kind === ELSEWHERE) Atomics.store(this.#words, FETCHED, ++this.#fetched | 0);
    this.#read = (this.#read + recordBytes(this.#unsigned[begin >> 2]!, payloadBytes)) >>> 0;
    Atomics.store(this.#words, READ, this.#read | 0);
  }

  get #begin(): number {
    return this.#start + (this.#read & (this.#capacity - 1));
  }
}

function align(bytes: number): number {
  return (bytes + 7) & ~7;
}

function recordBytes(head: number, payload: number): number {
  return RECORD_HEAD_BYTES + align(head) + align(payload);
}

/** From this size on, memory of exactly the right size, which can be handed on without another copy. */
const OWN_MEMORY_BYTES = 4096;

function copy(from: Uint8Array, begin: number, length: number): Uint8Array {
  const to = length < OWN_MEMORY_BYTES ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  to.set(from.subarray(begin, begin + length));
  return to;
}
