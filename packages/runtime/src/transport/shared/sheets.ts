/**
 * Where things lie on a board, in bytes. At its beginning a line with the number of ranks that wait for leaving,
 * then a line for each rank (whether it does), then the sheets: three lines of counters, and rows. A row is a
 * line of its own and data behind it. Lines are cache lines.
 */
export const LINE_BYTES = 64;

const COUNTERS_BYTES = 3 * LINE_BYTES;
/** All boards of a host together stay small beside its memory: with 8 ranks 2 MiB, with 96 three. */
const BOARD_BYTES = 4 * 2 ** 20;
const MOST_DATA_BYTES = 16_384;
const LEAST_DATA_BYTES = 2048;
const DEPTH = 16;
/** An entry of a list of packets: format, bytes, place. */
export const ENTRY_BYTES = 24;

export class Sheets {
  readonly depth = DEPTH;
  /** Data of a row. */
  readonly dataBytes: number;
  readonly bytes: number;
  readonly #rowBytes: number;
  readonly #sheetBytes: number;
  readonly #start: number;

  constructor(readonly size: number) {
    const share = 2 ** Math.floor(Math.log2(BOARD_BYTES / (DEPTH * (size + 1))));
    const least = Math.max(LEAST_DATA_BYTES, 2 ** Math.ceil(Math.log2(2 * ENTRY_BYTES * size)));
    this.dataBytes = Math.max(least, Math.min(MOST_DATA_BYTES, share));
    this.#rowBytes = LINE_BYTES + this.dataBytes;
    this.#sheetBytes = COUNTERS_BYTES + (size + 1) * this.#rowBytes;
    this.#start = LINE_BYTES * (size + 1);
    this.bytes = this.#start + DEPTH * this.#sheetBytes;
  }

  lineOf(rank: number): number {
    return LINE_BYTES * (rank + 1);
  }

  /** Counters of a call's sheet: arrivals, releases, leavings, each on a line. */
  countersOf(sequence: number): number {
    return this.#start + (sequence % DEPTH) * this.#sheetBytes;
  }

  /** The row of a rank, or of the result if `rank` is the number of ranks. */
  rowOf(sequence: number, rank: number): number {
    return this.countersOf(sequence) + COUNTERS_BYTES + rank * this.#rowBytes;
  }
}
