import { MPIError } from "@tsmpi/protocol";
import type { Packet } from "../../codec/packet.js";
import type { Board } from "../../board.js";
import type { Fetcher } from "./fetch.js";
import type { Libc } from "./libc.js";
import type { Mapping } from "./mapping.js";
import { countUp, hasCounted } from "./counter.js";
import * as Row from "./row.js";
import { ENTRY_BYTES, LINE_BYTES, type Sheets } from "./sheets.js";

/** Words of a sheet's counters. */
const ARRIVED = 0;
const RELEASED = 16;
const LEAVINGS = 32;
/** In place of a format: a packet for each rank, behind a table of them. */
const LIST = 255;
/** Added to the format of what lies in its writer's memory. */
const LENT = 256;
export interface SharedBoardParts {
  readonly libc: Libc;
  readonly fetcher: Fetcher;
  readonly mapping: Mapping;
  readonly sheets: Sheets;
  readonly rank: number;
  /** Process of each rank. */
  readonly pids: readonly number[];
  readonly first: number;
  /** See `Board.await`. */
  readonly await: (isOver: () => boolean, mayBlock: boolean) => boolean;
  /** Wakes a rank if it sleeps. */
  readonly wake: (rank: number) => void;
}

interface Loan {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly before: Loan | undefined;
}

/** A board in memory that the ranks of a host have mapped. */
export class SharedBoard implements Board {
  readonly depth: number;
  readonly await: (isOver: () => boolean, mayBlock: boolean) => boolean;
  readonly #parts: SharedBoardParts;
  readonly #sheets: Sheets;
  readonly #size: number;
  readonly #rank: number;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #bytes: Buffer;
  /** What has been lent, by sheet: others may fetch it until the sheet is used again. */
  readonly #lent: (Loan | undefined)[] = [];

  constructor(parts: SharedBoardParts) {
    const { memory } = parts.mapping;
    this.#parts = parts;
    this.#sheets = parts.sheets;
    this.#size = parts.sheets.size;
    this.#rank = parts.rank;
    this.depth = parts.sheets.depth;
    this.await = parts.await;
    this.#words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.#doubles = new Float64Array(memory, 0, memory.byteLength >> 3);
    this.#bytes = Buffer.from(memory);
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
    this.#lent[sequence % this.#sheets.depth] = undefined;
    const lends =
      "format" in packets ? this.#place(sequence, row, packets) : this.#placeList(sequence, row, packets);
    Atomics.store(this.#words, word + Row.POSTED, (sequence + 1) | 0);
    return lends;
  }

  putResult(sequence: number, packet: Packet): boolean {
    const row = this.#sheets.rowOf(sequence, this.#size);
    const isCopied = packet.owned || packet.bytes.byteLength <= this.#sheets.dataBytes;
    return this.#place(sequence, row, isCopied ? packet : { ...packet, bytes: new Uint8Array(packet.bytes) });
  }

  show(sequence: number, bytes: Uint8Array | Packet): void {
    const row = this.#sheets.rowOf(sequence, this.#rank);
    const isPacket = "format" in bytes;
    const shown = isPacket ? bytes.bytes : bytes;
    this.#words[(row >> 2) + Row.SHOWN_FORMAT] = isPacket ? bytes.format : LENT;
    this.#doubles[(row >> 3) + Row.SHOWN_BYTES] = shown.byteLength;
    this.#doubles[(row >> 3) + Row.SHOWN_PLACE] = this.#lend(sequence, shown);
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
    const row = this.#sheets.rowOf(sequence, rank);
    const format = this.#words[(row >> 2) + Row.FORMAT]!;
    if (format !== LIST) {
      const double = row >> 3;
      return this.#packet(
        rank,
        format,
        this.#doubles[double + Row.BYTES]!,
        this.#doubles[double + Row.PLACE]!,
      );
    }
    const entry = (row + LINE_BYTES + this.#rank * ENTRY_BYTES) >> 3;
    return this.#packet(rank, this.#doubles[entry]!, this.#doubles[entry + 1]!, this.#doubles[entry + 2]!);
  }

  result(sequence: number): Packet {
    const row = this.#sheets.rowOf(sequence, this.#size);
    const double = row >> 3;
    const writer = this.#words[(row >> 2) + Row.SIGNATURE]!;
    const format = this.#words[(row >> 2) + Row.FORMAT]!;
    return this.#packet(
      writer,
      format,
      this.#doubles[double + Row.BYTES]!,
      this.#doubles[double + Row.PLACE]!,
    );
  }

  fetch(sequence: number, rank: number, phase: number, offset: number, into: Uint8Array): void {
    const double = this.#sheets.rowOf(sequence, rank) >> 3;
    this.#fetch(rank, this.#doubles[double + (phase === 0 ? Row.PLACE : Row.SHOWN_PLACE)]! + offset, into);
  }

  shown(sequence: number, rank: number): Packet | undefined {
    const row = this.#sheets.rowOf(sequence, rank);
    const format = this.#words[(row >> 2) + Row.SHOWN_FORMAT]!;
    if (format === LENT) return undefined;
    const double = row >> 3;
    const { [double + Row.SHOWN_BYTES]: bytes, [double + Row.SHOWN_PLACE]: place } = this.#doubles;
    return this.#packet(rank, format + LENT, bytes!, place!);
  }

  reclaim(sequence: number): void {
    // A later call may have the sheet already.
    const sheet = sequence % this.#sheets.depth;
    if (this.#lent[sheet]?.sequence === sequence) this.#lent[sheet] = undefined;
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
      Atomics.load(this.#words, 0) === 0
    )
      return;
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
    Atomics.add(this.#words, 0, waits ? 1 : -1);
  }

  wake(rank: number): void {
    this.#parts.wake(rank);
  }

  wakeAll(): void {
    for (let rank = 0; rank < this.#size; rank++) if (rank !== this.#rank) this.#parts.wake(rank);
  }

  close(): void {
    const { libc, mapping } = this.#parts;
    // Calls that have just failed may look once more.
    setImmediate(() => libc.munmap(mapping.address, mapping.memory.byteLength));
  }

  #place(sequence: number, row: number, { format, bytes }: Packet): boolean {
    const lends = bytes.byteLength > this.#sheets.dataBytes;
    const double = row >> 3;
    this.#words[(row >> 2) + Row.FORMAT] = lends ? format + LENT : format;
    if (row === this.#sheets.rowOf(sequence, this.#size))
      this.#words[(row >> 2) + Row.SIGNATURE] = this.#rank;
    this.#doubles[double + Row.BYTES] = bytes.byteLength;
    if (lends) {
      this.#doubles[double + Row.PLACE] = this.#lend(sequence, bytes);
    } else {
      this.#doubles[double + Row.PLACE] = row + LINE_BYTES;
      if (bytes.byteLength > 0) this.#bytes.set(bytes, row + LINE_BYTES);
    }
    return lends;
  }

  #placeList(sequence: number, row: number, packets: readonly Packet[]): boolean {
    this.#words[(row >> 2) + Row.FORMAT] = LIST;
    const end = row + LINE_BYTES + this.#sheets.dataBytes;
    let place = row + LINE_BYTES + packets.length * ENTRY_BYTES;
    let entry = (row + LINE_BYTES) >> 3;
    let lends = false;
    for (const { format, bytes } of packets) {
      const fits = place + bytes.byteLength <= end;
      this.#doubles[entry] = fits ? format : format + LENT;
      this.#doubles[entry + 1] = bytes.byteLength;
      this.#doubles[entry + 2] = fits ? place : this.#lend(sequence, bytes);
      if (fits) {
        this.#bytes.set(bytes, place);
        place += (bytes.byteLength + 7) & ~7;
      } else {
        lends = true;
      }
      entry += ENTRY_BYTES >> 3;
    }
    return lends;
  }

  /** The address of bytes that others are going to fetch, as a number: it has 47 bits. */
  #lend(sequence: number, bytes: Uint8Array): number {
    if (bytes.byteLength === 0) return 0;
    const sheet = sequence % this.#sheets.depth;
    this.#lent[sheet] = { sequence, bytes, before: this.#lent[sheet] };
    return Number(this.#parts.libc.addressOf(bytes));
  }

  #packet(rank: number, format: number, bytes: number, place: number): Packet {
    if (format < LENT) return { format, bytes: this.#bytes.subarray(place, place + bytes), owned: false };
    const into = Buffer.allocUnsafeSlow(bytes);
    this.#fetch(rank, place, into);
    return { format: format - LENT, bytes: into, owned: true };
  }

  #fetch(rank: number, address: number, into: Uint8Array): void {
    if (into.byteLength === 0) return;
    if (this.#parts.fetcher.fetch(this.#parts.pids[rank]!, BigInt(address), into)) return;
    throw new MPIError("ERR_PROC_FAILED", `rank ${rank} has gone, and with it what it has put up`, {
      peer: rank,
    });
  }
}
