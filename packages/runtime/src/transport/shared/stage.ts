import { rmSync } from "node:fs";
import type { Libc } from "./libc.js";
import { makeFile, mapFile } from "./mapping.js";

/** Of one rank, and of all of a board together. */
const MOST_BYTES = 4 * 2 ** 20;
const LEAST_BYTES = 512 * 1024;
const TOGETHER_BYTES = 64 * 2 ** 20;
const ALIGNMENT = 64;

export interface StageOptions {
  readonly libc: Libc;
  /** A directory in memory. */
  readonly directory: string;
  /** Of a rank's stage. */
  readonly path: (rank: number) => string;
  readonly size: number;
  readonly rank: number;
}

interface Scene {
  readonly sequence: number;
  /** Where it ends, counted from the first byte ever taken. */
  readonly end: number;
}

/**
 * Where the ranks of a board put up what does not fit their rows: memory of each, made when it is first needed, that
 * others map when they first read there. It is used in turn, and mapped twice in a row: nothing is ever in two
 * pieces. Two copies of this kind take half the time of one from another process's memory.
 */
export class Stages {
  readonly #options: StageOptions;
  readonly #mapped: (Buffer | undefined)[] = [];
  readonly #addresses: bigint[] = [];
  readonly #scenes: Scene[] = [];
  readonly #bytes: number;
  #begin = 0;
  #end = 0;
  /** There is no room for one. */
  #declined = false;

  constructor(options: StageOptions) {
    this.#options = options;
    const share = 2 ** Math.floor(Math.log2(TOGETHER_BYTES / options.size));
    this.#bytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, share));
  }

  /**
   * Room in this rank's stage for what it puts up in a call; undefined if there is none.
   *
   * @param haveAllLeft whether nobody reads any more what has been put up in a call
   */
  take(sequence: number, bytes: number, haveAllLeft: (sequence: number) => boolean): number | undefined {
    const taken = (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    if (bytes > this.#bytes || this.#declined) return undefined;
    while (this.#scenes.length > 0 && haveAllLeft(this.#scenes[0]!.sequence)) {
      this.#begin = this.#scenes.shift()!.end;
    }
    if (this.#end + taken - this.#begin > this.#bytes || !this.#isMade()) return undefined;
    const place = this.#end % this.#bytes;
    this.#end += taken;
    this.#scenes.push({ sequence, end: this.#end });
    return place;
  }

  /** A rank's memory. Throws if it cannot be mapped. */
  of(rank: number): Buffer {
    return (this.#mapped[rank] ??= this.#map(rank));
  }

  close(): void {
    const { libc, path, rank } = this.#options;
    if (this.#mapped[rank] !== undefined) rmSync(path(rank), { force: true });
    for (const address of this.#addresses) libc.munmap(address, 2 * this.#bytes);
  }

  #isMade(): boolean {
    const { libc, directory, path, rank } = this.#options;
    if (this.#mapped[rank] !== undefined) return true;
    try {
      makeFile(libc, path(rank), directory, this.#bytes);
      this.of(rank);
    } catch {
      this.#declined = true; // others fetch it from where it is
    }
    return !this.#declined;
  }

  #map(rank: number): Buffer {
    const { libc, path } = this.#options;
    const { memory, address } = mapFile(libc, path(rank), 0);
    this.#addresses.push(address);
    return Buffer.from(memory);
  }
}
