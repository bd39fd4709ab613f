import { MPIError } from "@tsmpi/protocol";
import type { Packet } from "../../codec/packet.js";
import type { Fetcher } from "./fetch.js";
import type { Libc } from "./libc.js";
import * as Row from "./row.js";
import { ENTRY_BYTES, LINE_BYTES, type Sheets } from "./sheets.js";
import type { Stages } from "./stage.js";

/** In place of a format: a packet for each rank, behind a table of them. */
const LIST = 255;
/** Added to the format of what lies in its writer's memory. */
const LENT = 256;
/** Added to the format of what lies on its writer's stage. */
const STAGED = 512;

export interface PayloadsParts {
  readonly libc: Libc;
  readonly fetcher: Fetcher;
  readonly memory: ArrayBuffer;
  readonly sheets: Sheets;
  readonly stages: Stages;
  readonly rank: number;
  /** Process of each rank. */
  readonly pids: readonly number[];
  readonly haveAllLeft: (sequence: number) => boolean;
}

interface Loan {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly before: Loan | undefined;
}

/**
 * What ranks put up on a board: in their rows if it fits, else on their stages; if there is no room, others fetch it
 * from where it is.
 */
export class Payloads {
  readonly #parts: PayloadsParts;
  readonly #sheets: Sheets;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #bytes: Buffer;
  /** What has been lent, by sheet: others may fetch it until the sheet is used again. */
  readonly #lent: (Loan | undefined)[] = [];

  constructor(parts: PayloadsParts) {
    const { memory } = parts;
    this.#parts = parts;
    this.#sheets = parts.sheets;
    this.#words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.#doubles = new Float64Array(memory, 0, memory.byteLength >> 3);
    this.#bytes = Buffer.from(memory);
  }

  /** The sheet of a call is used now: nobody fetches any more what was lent in the one before. */
  begin(sequence: number): void {
    this.#lent[sequence % this.#sheets.depth] = undefined;
  }

  /** Puts a packet into a row; true if it is lent. */
  put(sequence: number, row: number, { format, bytes }: Packet): boolean {
    const double = row >> 3;
    const { byteLength } = bytes;
    this.#doubles[double + Row.BYTES] = byteLength;
    if (byteLength <= this.#sheets.dataBytes) {
      this.#words[(row >> 2) + Row.FORMAT] = format;
      this.#doubles[double + Row.PLACE] = row + LINE_BYTES;
      if (byteLength > 0) this.#bytes.set(bytes, row + LINE_BYTES);
      return false;
    }
    const staged = this.#stage(sequence, bytes);
    this.#words[(row >> 2) + Row.FORMAT] = format + (staged === undefined ? LENT : STAGED);
    this.#doubles[double + Row.PLACE] = staged ?? this.#lend(sequence, bytes);
    return staged === undefined;
  }

  /** Puts a packet for each rank into a row; true if one is lent. */
  putList(sequence: number, row: number, packets: readonly Packet[]): boolean {
    this.#words[(row >> 2) + Row.FORMAT] = LIST;
    const end = row + LINE_BYTES + this.#sheets.dataBytes;
    let place = row + LINE_BYTES + packets.length * ENTRY_BYTES;
    let entry = (row + LINE_BYTES) >> 3;
    let lends = false;
    for (const { format, bytes } of packets) {
      this.#doubles[entry + 1] = bytes.byteLength;
      if (place + bytes.byteLength <= end) {
        this.#doubles[entry] = format;
        this.#doubles[entry + 2] = place;
        this.#bytes.set(bytes, place);
        place += (bytes.byteLength + 7) & ~7;
      } else {
        const staged = this.#stage(sequence, bytes);
        this.#doubles[entry] = format + (staged === undefined ? LENT : STAGED);
        this.#doubles[entry + 2] = staged ?? this.#lend(sequence, bytes);
        lends ||= staged === undefined;
      }
      entry += ENTRY_BYTES >> 3;
    }
    return lends;
  }

  /** A rank's packet, that for this one if there is one for each. */
  read(row: number, rank: number): Packet {
    const double = row >> 3;
    const format = this.#words[(row >> 2) + Row.FORMAT]!;
    if (format !== LIST) {
      return this.#packet(
        rank,
        format,
        this.#doubles[double + Row.BYTES]!,
        this.#doubles[double + Row.PLACE]!,
      );
    }
    const entry = (row + LINE_BYTES + this.#parts.rank * ENTRY_BYTES) >> 3;
    return this.#packet(rank, this.#doubles[entry]!, this.#doubles[entry + 1]!, this.#doubles[entry + 2]!);
  }

  /** Part of what is put up in a row, unless it is lent. */
  staged(row: number, rank: number, offset: number, length: number): Buffer | undefined {
    const format = this.#words[(row >> 2) + Row.FORMAT]!;
    const begin = this.#doubles[(row >> 3) + Row.PLACE]! + offset;
    if (format < LENT) return this.#bytes.subarray(begin, begin + length);
    return format < STAGED ? undefined : this.#stageOf(rank).subarray(begin, begin + length);
  }

  /** Fills `into` with part of what is in a row, or is shown there, and lent. */
  fetch(row: number, rank: number, phase: number, offset: number, into: Uint8Array): void {
    const place = this.#doubles[(row >> 3) + (phase === 0 ? Row.PLACE : Row.SHOWN_PLACE)]!;
    this.#fetch(rank, place + offset, into);
  }

  /** Puts into a row what follows from the first phase: bytes, which are lent, or a packet. */
  show(sequence: number, row: number, bytes: Uint8Array | Packet): void {
    const isPacket = "format" in bytes;
    const shown = isPacket ? bytes.bytes : bytes;
    this.#words[(row >> 2) + Row.SHOWN_FORMAT] = isPacket ? bytes.format : LENT;
    this.#doubles[(row >> 3) + Row.SHOWN_BYTES] = shown.byteLength;
    this.#doubles[(row >> 3) + Row.SHOWN_PLACE] = this.#lend(sequence, shown);
  }

  /** What is shown in a row in place of bytes. */
  shown(row: number, rank: number): Packet | undefined {
    const format = this.#words[(row >> 2) + Row.SHOWN_FORMAT]!;
    if (format === LENT) return undefined;
    const double = row >> 3;
    const { [double + Row.SHOWN_BYTES]: bytes, [double + Row.SHOWN_PLACE]: place } = this.#doubles;
    return this.#packet(rank, format + LENT, bytes!, place!);
  }

  /** Nobody fetches any more what this rank has lent in a call, unless a later one has its sheet already. */
  reclaim(sequence: number): void {
    const sheet = sequence % this.#sheets.depth;
    if (this.#lent[sheet]?.sequence === sequence) this.#lent[sheet] = undefined;
  }

  close(): void {
    this.#parts.stages.close();
  }

  /** Where bytes are on this rank's stage; undefined if there is no room. */
  #stage(sequence: number, bytes: Uint8Array): number | undefined {
    const { stages, rank, haveAllLeft } = this.#parts;
    const place = stages.take(sequence, bytes.byteLength, haveAllLeft);
    if (place !== undefined) stages.of(rank).set(bytes, place);
    return place;
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
    if (format >= STAGED) {
      return {
        format: format - STAGED,
        bytes: this.#stageOf(rank).subarray(place, place + bytes),
        owned: false,
      };
    }
    const into = Buffer.allocUnsafeSlow(bytes);
    this.#fetch(rank, place, into);
    return { format: format - LENT, bytes: into, owned: true };
  }

  #stageOf(rank: number): Buffer {
    try {
      return this.#parts.stages.of(rank);
    } catch {
      throw gone(rank);
    }
  }

  #fetch(rank: number, address: number, into: Uint8Array): void {
    if (into.byteLength === 0) return;
    if (!this.#parts.fetcher.fetch(this.#parts.pids[rank]!, BigInt(address), into)) throw gone(rank);
  }
}

function gone(rank: number): MPIError {
  return new MPIError("ERR_PROC_FAILED", `rank ${rank} has gone, and with it what it has put up`, {
    peer: rank,
  });
}
