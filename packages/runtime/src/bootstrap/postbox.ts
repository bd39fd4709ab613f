import { closeSync, constants, openSync, writeSync } from "node:fs";
import { LONGEST_POST, encodeFrame, type RankFrame } from "@tsmpi/protocol";

/** How long to wait, at most, for the agent to empty a full postbox. */
const FULL_MS = 2000;

/** A rank's way to tell its agent something without an answer; written before `post` returns. */
export class Postbox {
  readonly #fd: number;
  readonly #rank: number;

  private constructor(fd: number, rank: number) {
    this.#fd = fd;
    this.#rank = rank;
  }

  /** Opens the agent's postbox; undefined if there is none, or nobody empties it. */
  static open(path: string, rank: number): Postbox | undefined {
    try {
      return new Postbox(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), rank);
    } catch {
      return undefined;
    }
  }

  /** Returns false if the frame is too long for a postbox, or cannot be posted. */
  post(frame: RankFrame): boolean {
    const line = Buffer.from(encodeFrame([this.#rank, frame]));
    if (line.byteLength > LONGEST_POST) return false;
    const deadline = performance.now() + FULL_MS;
    for (;;) {
      try {
        return writeSync(this.#fd, line) === line.byteLength;
      } catch (error) {
        const full = (error as NodeJS.ErrnoException).code === "EAGAIN";
        if (!full || performance.now() > deadline) return false;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // a millisecond of sleep
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
