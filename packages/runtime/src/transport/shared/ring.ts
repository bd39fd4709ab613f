import { ENVELOPE_BYTES, SEQUENCE_AT, getEnvelope, putEnvelope, type Envelope } from "@tsmpi/protocol";
import type { Mapping } from "./mapping.js";

/**
 * A ring between two ranks: one writes, one reads. Positions are counts of bytes modulo 2^32, each on a
 * cache line of its own; data begin behind a page and the chute (chute.ts) and are mapped twice (mapping.ts), so that
 * every record is in one piece.
 *
 * A record is `u32 kind or bytes of the payload, u32 claims (loan.ts)`, envelope, payload, and begins at a
 * multiple of 8. Invariant: `read <= written <= read + capacity`.
 */
const READ = 0;
const FETCHED = 1;
const WRITTEN = 16;
const RECORD_HEAD_BYTES = 8;
/** From a record's beginning to its payload. */
const PAYLOAD_AT = RECORD_HEAD_BYTES + ENVELOPE_BYTES;
/** In place of the payload's size: there is none. */
const NO_PAYLOAD = 0xffff_ffff;
/** The payload is in the writer's memory: behind the envelope is its address. */
const ELSEWHERE = 0xffff_fffe;
const ADDRESS_BYTES = 8;
/** Payloads up to this size are copied word by word, which is cheaper than a call. */
const FEW_BYTES = 64;

/** What both ends of a ring have. */
abstract class RingEnd {
  /** The memory of ring and chute. */
  readonly memory: ArrayBuffer;
  protected readonly words: Int32Array;
  protected readonly unsigned: Uint32Array;
  protected readonly bytes: Buffer;
  protected readonly doubles: Float64Array;
  protected readonly wide: BigUint64Array;
  protected readonly start: number;
  protected readonly capacity: number;

  /** @param start where data begin */
  constructor({ memory }: Mapping, start: number) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    this.unsigned = new Uint32Array(memory);
    this.bytes = Buffer.from(memory);
    this.doubles = new Float64Array(memory);
    this.wide = new BigUint64Array(memory);
    this.start = start;
    this.capacity = (memory.byteLength - start) / 2;
  }
}

/** The writing end. */
export class RingWriter extends RingEnd {
  #written = 0;
  #read = 0;

  /** Number of payloads in this process's memory that the reader has fetched, modulo 2^32. */
  get fetched(): number {
    return Atomics.load(this.words, FETCHED) >>> 0;
  }

  /** Copies a message into the ring; false if there is no room for it now. */
  write(envelope: Envelope, payload: Uint8Array | undefined): boolean {
    const length = payload === undefined ? 0 : payload.byteLength;
    const size = recordBytes(length);
    if (length > this.capacity || !this.#hasRoom(size)) return false;
    const begin = this.#begin(envelope, payload === undefined ? NO_PAYLOAD : length);
    if (length > FEW_BYTES) {
      this.bytes.set(payload!, begin + PAYLOAD_AT);
    } else {
      const { bytes } = this;
      for (let i = 0; i < length; i++) bytes[begin + PAYLOAD_AT + i] = payload![i]!;
    }
    this.#publish(size);
    return true;
  }

  /**
   * The same for a payload that stays where it is, unchanged, until it has been fetched. Returns where the claims on
   * it are, in words; undefined if there is no room.
   */
  lend(envelope: Envelope, address: bigint): number | undefined {
    const size = recordBytes(ADDRESS_BYTES);
    if (!this.#hasRoom(size)) return undefined;
    const begin = this.#begin(envelope, ELSEWHERE);
    this.wide[(begin + PAYLOAD_AT) / 8] = address;
    this.#publish(size);
    return (begin >> 2) + 1;
  }

  /** Whether the ring could ever have room for a payload of so many bytes. */
  canHold(payloadBytes: number): boolean {
    return payloadBytes <= this.capacity && recordBytes(payloadBytes) <= this.capacity;
  }

  /** Whether a payload of so many bytes has room now. */
  hasRoomFor(payloadBytes: number): boolean {
    return this.#hasRoom(recordBytes(payloadBytes));
  }

  /** How far the reader has come. */
  get readPosition(): number {
    return Atomics.load(this.words, READ);
  }

  #hasRoom(size: number): boolean {
    if (size <= this.capacity - ((this.#written - this.#read) >>> 0)) return true;
    this.#read = Atomics.load(this.words, READ) >>> 0;
    return size <= this.capacity - ((this.#written - this.#read) >>> 0);
  }

  #begin(envelope: Envelope, kind: number): number {
    const begin = this.start + (this.#written & (this.capacity - 1));
    this.unsigned[begin >> 2] = kind;
    this.unsigned[(begin >> 2) + 1] = 0;
    putEnvelope(this.unsigned, this.doubles, (begin + RECORD_HEAD_BYTES) / 8, envelope);
    return begin;
  }

  #publish(size: number): void {
    this.#written = (this.#written + size) >>> 0;
    Atomics.store(this.words, WRITTEN, this.#written | 0);
  }
}

/** The reading end. What is said of the next message presumes that there is one. */
export class RingReader extends RingEnd {
  #read = 0;
  #fetched = 0;

  /** True when there is nothing to read. */
  get empty(): boolean {
    return Atomics.load(this.words, WRITTEN) === (this.#read | 0);
  }

  /** The next message's sequence. */
  get sequence(): number {
    return this.unsigned[(this.#begin + RECORD_HEAD_BYTES + SEQUENCE_AT) >> 2]!;
  }

  /** The next message's envelope. */
  envelope(): Envelope {
    return getEnvelope(this.unsigned, this.doubles, (this.#begin + RECORD_HEAD_BYTES) / 8);
  }

  /** True if the payload is in the writer's memory. */
  get isLent(): boolean {
    return this.unsigned[this.#begin >> 2] === ELSEWHERE;
  }

  /** Its address there. */
  get address(): bigint {
    return this.wide[(this.#begin + PAYLOAD_AT) / 8]!;
  }

  /** Where the claims on it are, in words. */
  get claims(): number {
    return (this.#begin >> 2) + 1;
  }

  /** The next message's payload as it lies in the ring, until `shift`; undefined if it has none or it is lent. */
  payload(): Uint8Array | undefined {
    const begin = this.#begin;
    const kind = this.unsigned[begin >> 2]!;
    if (kind >= ELSEWHERE) return undefined;
    return this.bytes.subarray(begin + PAYLOAD_AT, begin + PAYLOAD_AT + kind);
  }

  /** Takes the next message out of the ring. */
  shift(): void {
    const kind = this.unsigned[this.#begin >> 2]!;
    const payloadBytes = kind === NO_PAYLOAD ? 0 : kind === ELSEWHERE ? ADDRESS_BYTES : kind;
    if (kind === ELSEWHERE) Atomics.store(this.words, FETCHED, ++this.#fetched | 0);
    this.#read = (this.#read + recordBytes(payloadBytes)) >>> 0;
    Atomics.store(this.words, READ, this.#read | 0);
  }

  get #begin(): number {
    return this.start + (this.#read & (this.capacity - 1));
  }
}

/** For payloads below 2 GiB. */
function recordBytes(payload: number): number {
  return PAYLOAD_AT + ((payload + 7) & ~7);
}
