import type { Fetcher } from "./fetch.js";
import type { Mapping } from "./mapping.js";

/**
 * A few slots beside a ring, through which a payload goes in chunks while both ranks attend: two copies that stay in
 * the caches of two cores are several times as fast as one that the kernel makes (shared-memory.md).
 *
 * Of each payload the writer passes chunks on from the front and the reader fetches chunks from the back, until
 * they meet. A word in the payload's record says how many each has claimed: writer in the lower half,
 * reader in the upper. Invariants: `front + back <= chunks`; `read <= written <= read + SLOTS`, counted in chunks
 * of all payloads, which pass in the order of their records.
 */
const WRITTEN = 32;
const ATTENDS = 33;
const READ = 48;
const SLOTS = 4;
const CHUNK_BYTES = 32_768;
export const CHUTE_BYTES = SLOTS * CHUNK_BYTES;
const MOST_CHUNKS = 0xffff;
const BACK = 0x1_0000;
/** Looks without progress after which an end goes on alone, about 10 ns each. */
const PATIENCE = 400;
/** Looks for a chunk that the writer is copying, after which the reader does something else: the writer's core is taken, or it is dead. */
const LONG_PATIENCE = 20_000;

/** A payload that is passed on. */
export interface Loan {
  readonly bytes: Uint8Array;
  /** Where the claims on it are, in words. */
  readonly claims: number;
}

abstract class ChuteEnd {
  protected readonly words: Int32Array;
  protected readonly slots: Uint8Array[];

  /** @param start where the slots begin; undefined if there are none */
  constructor({ memory }: Mapping, start: number | undefined) {
    this.words = new Int32Array(memory);
    this.slots =
      start === undefined
        ? []
        : Array.from(
            { length: SLOTS },
            (_, i) => new Uint8Array(memory, start + i * CHUNK_BYTES, CHUNK_BYTES),
          );
  }
}

export class ChuteWriter extends ChuteEnd {
  #written = 0;
  readonly #patience: number;

  /** @param maySpin false where the reader may need this core */
  constructor(mapping: Mapping, start: number | undefined, maySpin: boolean) {
    super(mapping, start);
    this.#patience = maySpin ? PATIENCE : 1;
  }

  /** Passes on what the reader has not claimed, as long as it takes it. True when nothing is left to pass on. */
  pass({ bytes, claims }: Loan): boolean {
    const { words, slots } = this;
    const chunks = Math.ceil(bytes.byteLength / CHUNK_BYTES);
    if (slots.length === 0 || chunks > MOST_CHUNKS) return true;
    Atomics.store(words, ATTENDS, 1);
    let patience = this.#patience;
    let claimed = Atomics.load(words, claims);
    while (true) {
      const front = claimed & (BACK - 1);
      if (front + (claimed >>> 16) >= chunks) break;
      if (((this.#written - Atomics.load(words, READ)) | 0) >= SLOTS) {
        if (patience-- === 0) break;
        claimed = Atomics.load(words, claims);
        continue;
      }
      const found = Atomics.compareExchange(words, claims, claimed, claimed + 1);
      if (found !== claimed) {
        claimed = found;
        continue;
      }
      const at = front * CHUNK_BYTES;
      slots[this.#written & (SLOTS - 1)]!.set(bytes.subarray(at, at + CHUNK_BYTES));
      this.#written = (this.#written + 1) | 0;
      Atomics.store(words, WRITTEN, this.#written);
      claimed++;
      patience = this.#patience;
    }
    Atomics.store(words, ATTENDS, 0);
    return (claimed & (BACK - 1)) + (claimed >>> 16) >= chunks;
  }
}

export class ChuteReader extends ChuteEnd {
  #read = 0;
  /** Chunks of the current payload that have been taken. */
  #front = 0;
  readonly #probe = Buffer.allocUnsafeSlow(4096).subarray(0, 1);

  constructor(
    mapping: Mapping,
    start: number | undefined,
    private readonly fetcher: Fetcher,
    private readonly pid: number,
  ) {
    super(mapping, start);
  }

  /**
   * Gets a payload. It is called again, with the same, until that is done.
   *
   * @returns true when it is there; false if it cannot be read; undefined if it takes longer
   */
  get(address: bigint, claims: number, into: Uint8Array): boolean | undefined {
    const { words, slots } = this;
    const chunks = Math.ceil(into.byteLength / CHUNK_BYTES);
    if (slots.length === 0 || chunks > MOST_CHUNKS) return this.fetch(address, into);
    let patience = PATIENCE;
    let longPatience = LONG_PATIENCE;
    while (true) {
      const claimed = Atomics.load(words, claims);
      const front = claimed & (BACK - 1);
      const back = claimed >>> 16;
      if (this.#front < front && Atomics.load(words, WRITTEN) !== this.#read) {
        const at = this.#front++ * CHUNK_BYTES;
        const slot = slots[this.#read & (SLOTS - 1)]!;
        const left = into.byteLength - at;
        into.set(left < CHUNK_BYTES ? slot.subarray(0, left) : slot, at);
        this.#read = (this.#read + 1) | 0;
        Atomics.store(words, READ, this.#read);
        patience = PATIENCE;
        longPatience = LONG_PATIENCE;
      } else if (front + back === chunks) {
        if (this.#front === front) {
          this.#front = 0;
          return true;
        }
        if (longPatience-- === 0) return this.fetch(address, this.#probe) ? undefined : false;
      } else if (Atomics.load(words, ATTENDS) === 1 && patience-- > 0) {
        continue;
      } else if (Atomics.compareExchange(words, claims, claimed, (claimed + BACK) | 0) === claimed) {
        const at = (chunks - back - 1) * CHUNK_BYTES;
        const part = into.subarray(at, at + CHUNK_BYTES);
        if (!this.fetch(address + BigInt(at), part)) return false;
      }
    }
  }

  /** Gets a payload from its writer's memory, whatever has been passed on; false if it cannot be read. */
  fetch(address: bigint, into: Uint8Array): boolean {
    return this.fetcher.fetch(this.pid, address, into);
  }
}
