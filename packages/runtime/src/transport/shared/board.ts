import type { Packet } from "../../codec/packet.js";
import type { Board } from "../../board.js";
import type { Attention } from "./attention.js";
import type { Libc } from "./libc.js";
import type { Mapping } from "./mapping.js";
import { countUp, hasCounted } from "./counter.js";
import type { Fetcher } from "./fetch.js";
import { Naps } from "./naps.js";
import { Payloads } from "./payloads.js";
import * as Row from "./row.js";
import type { Sheets } from "./sheets.js";
import type { Stages } from "./stage.js";

/** Words of the board's first line: how many wait for leaving; see `Naps`. */
const LEAVERS = 0;
const NAPS = 1;
/** Words of a sheet's counters. */
const ARRIVED = 0;
const RELEASED = 16;
const LEAVINGS = 32;

export interface SharedBoardParts {
  readonly libc: Libc;
  readonly fetcher: Fetcher;
  readonly mapping: Mapping;
  readonly sheets: Sheets;
  readonly stages: Stages;
  readonly rank: number;
  /** Process of each rank. */
  readonly pids: readonly number[];
  readonly cores: number;
  readonly first: number;
  readonly attention: Attention;
  /** Wakes a rank if it sleeps. */
  readonly wake: (rank: number) => void;
}

/** A board in memory that the ranks of a host have mapped. */
export class SharedBoard implements Board {
  readonly depth: number;
  readonly cores: number;
  readonly #parts: SharedBoardParts;
  readonly #sheets: Sheets;
  readonly #payloads: Payloads;
  readonly #naps: Naps;
  readonly #size: number;
  readonly #rank: number;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(parts: SharedBoardParts) {
    const { memory } = parts.mapping;
    this.#parts = parts;
    this.#sheets = parts.sheets;
    this.#size = parts.sheets.size;
    this.#rank = parts.rank;
    this.depth = parts.sheets.depth;
    this.cores = parts.cores;
    this.#words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.#doubles = new Float64Array(memory, 0, memory.byteLength >> 3);
    const address = parts.mapping.address + BigInt(NAPS * Int32Array.BYTES_PER_ELEMENT);
    this.#naps = new Naps({
      libc: parts.libc,
      offers: parts.attention.offers,
      words: this.#words,
      at: NAPS,
      address,
    });
    this.#payloads = new Payloads({
      ...parts,
      memory,
      haveAllLeft: (sequence) => this.haveAllLeft(sequence),
    });
  }

  await(isOver: () => boolean, mayBlock: boolean): boolean {
    const { attention } = this.#parts;
    return attention.looks(isOver) || (mayBlock && attention.mayNap && this.#naps.await(isOver));
  }

  isFree(sequence: number): boolean {
    const before = sequence - this.#sheets.depth;
    return before < this.#parts.first || this.haveAllLeft(before);
  }

  put(
    sequence: number,
    signature: number,
    shape: number,
    packets: Packet | readonly Packet[],
    mark: number,
  ): boolean {
    const row = this.#sheets.rowOf(sequence, this.#rank);
    const word = row >> 2;
    this.#words[word + Row.SIGNATURE] = signature;
    this.#words[word + Row.SHAPE] = shape;
    this.#doubles[(row >> 3) + Row.MARK] = mark;
    this.#payloads.begin(sequence);
    const lends =
      "format" in packets
        ? this.#payloads.put(sequence, row, packets)
        : this.#payloads.putList(sequence, row, packets);
    Atomics.store(this.#words, word + Row.POSTED, (sequence + 1) | 0);
    return lends;
  }

  putResult(sequence: number, packet: Packet): boolean {
    const row = this.#sheets.rowOf(sequence, this.#size);
    this.#words[(row >> 2) + Row.SIGNATURE] = this.#rank;
    const isCopied = packet.owned || packet.bytes.byteLength <= this.#sheets.dataBytes;
    const kept = isCopied ? packet : { ...packet, bytes: new Uint8Array(packet.bytes) };
    return this.#payloads.put(sequence, row, kept);
  }

  show(sequence: number, bytes: Uint8Array | Packet): void {
    this.#payloads.show(sequence, this.#sheets.rowOf(sequence, this.#rank), bytes);
  }

  arrive(sequence: number, phase: number): boolean {
    return (
      countUp(this.#words, (this.#sheets.countersOf(sequence) >> 2) + ARRIVED + phase, sequence) ===
      this.#size
    );
  }

  release(sequence: number, phase: number): void {
    Atomics.store(
      this.#words,
      (this.#sheets.countersOf(sequence) >> 2) + RELEASED + phase,
      (sequence + 1) | 0,
    );
  }

  isReleased(sequence: number, phase: number): boolean {
    const at = (this.#sheets.countersOf(sequence) >> 2) + RELEASED + phase;
    return Atomics.load(this.#words, at) === ((sequence + 1) | 0);
  }

  isPosted(sequence: number, rank: number): boolean {
    return (
      Atomics.load(this.#words, (this.#sheets.rowOf(sequence, rank) >> 2) + Row.POSTED) ===
      ((sequence + 1) | 0)
    );
  }

  identityOf(sequence: number, rank: number): { signature: number; shape: number } {
    const word = this.#sheets.rowOf(sequence, rank) >> 2;
    return {
      signature: this.#words[word + Row.SIGNATURE]! >>> 0,
      shape: this.#words[word + Row.SHAPE]! >>> 0,
    };
  }

  markOf(sequence: number, rank: number): number {
    return this.#doubles[(this.#sheets.rowOf(sequence, rank) >> 3) + Row.MARK]!;
  }

  read(sequence: number, rank: number): Packet {
    return this.#payloads.read(this.#sheets.rowOf(sequence, rank), rank);
  }

  result(sequence: number): Packet {
    const row = this.#sheets.rowOf(sequence, this.#size);
    return this.#payloads.read(row, this.#words[(row >> 2) + Row.SIGNATURE]!);
  }

  staged(sequence: number, rank: number, offset: number, length: number): Uint8Array | undefined {
    return this.#payloads.staged(this.#sheets.rowOf(sequence, rank), rank, offset, length);
  }

  fetch(sequence: number, rank: number, phase: number, offset: number, into: Uint8Array): void {
    this.#payloads.fetch(this.#sheets.rowOf(sequence, rank), rank, phase, offset, into);
  }

  shown(sequence: number, rank: number): Packet | undefined {
    return this.#payloads.shown(this.#sheets.rowOf(sequence, rank), rank);
  }

  reclaim(sequence: number): void {
    this.#payloads.reclaim(sequence);
  }

  leave(sequence: number): void {
    const { size } = this.#sheets;
    Atomics.store(
      this.#words,
      (this.#sheets.rowOf(sequence, this.#rank) >> 2) + Row.LEFT,
      (sequence + 1) | 0,
    );
    if (
      countUp(this.#words, (this.#sheets.countersOf(sequence) >> 2) + LEAVINGS, sequence) < size ||
      Atomics.load(this.#words, LEAVERS) === 0
    )
      return;
    this.#naps.wake();
    for (let rank = 0; rank < size; rank++) {
      if (Atomics.load(this.#words, this.#sheets.lineOf(rank) >> 2) > 0) this.#parts.wake(rank);
    }
  }

  hasLeft(sequence: number, rank: number): boolean {
    const left = Atomics.load(this.#words, (this.#sheets.rowOf(sequence, rank) >> 2) + Row.LEFT);
    return ((left - sequence - 1) | 0) >= 0;
  }

  haveAllLeft(sequence: number): boolean {
    const seen = Atomics.load(this.#words, (this.#sheets.countersOf(sequence) >> 2) + LEAVINGS);
    return hasCounted(seen, sequence, this.#size);
  }

  awaitLeaving(waits: boolean): void {
    Atomics.add(this.#words, this.#sheets.lineOf(this.#rank) >> 2, waits ? 1 : -1);
    Atomics.add(this.#words, LEAVERS, waits ? 1 : -1);
  }

  wake(rank: number): void {
    this.#naps.wake();
    this.#parts.wake(rank);
  }

  wakeAll(): void {
    this.#naps.wake();
    for (let rank = 0; rank < this.#size; rank++) if (rank !== this.#rank) this.#parts.wake(rank);
  }

  close(): void {
    const { libc, mapping } = this.#parts;
    // Calls that have just failed may look once more.
    setImmediate(() => {
      libc.munmap(mapping.address, mapping.memory.byteLength);
      this.#payloads.close();
    });
  }
}
