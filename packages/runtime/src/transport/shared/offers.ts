import { milliseconds } from "../../clock.js";
import type { Libc } from "./libc.js";

/**
 * Who gets the core back later than that has given it to somebody who computes: a wait, and for each rank that shares
 * the core what it may take to go on and wait again.
 */
const LONG_MS = 0.05;
const LONG_MS_PER_RANK = 0.025;
/** For how long nothing is offered then: twice as long each time, until offers have been short for a while. */
const LEAST_PAUSE_MS = 10;
const MOST_PAUSE_MS = 1000;
const SHORT_OFFERS = 1000;

/**
 * Giving the core away (`sched_yield`), which is how ranks that share cores get on fastest: to sleep and be woken takes
 * several times as long. But who does so comes behind all that compute, V8's compiler threads among them, and gets the
 * core back after milliseconds. So who finds that out offers nothing for some time.
 */
export class Offers {
  readonly #libc: Libc;
  readonly ranksPerCore: number;
  readonly #longMs: number;
  #pauseEnds = 0;
  #pause = LEAST_PAUSE_MS;
  /** Short ones since the last long one. */
  #short = 0;

  constructor(libc: Libc, ranksPerCore: number) {
    this.#libc = libc;
    this.ranksPerCore = ranksPerCore;
    this.#longMs = LONG_MS + LONG_MS_PER_RANK * ranksPerCore;
  }

  /** Whether to sleep would take longer, as far as one knows. */
  pay(now: number): boolean {
    return now >= this.#pauseEnds;
  }

  /** Offers the core to others; returns when it is back. */
  make(now: number): number {
    this.#libc.sched_yield();
    const back = milliseconds();
    if (back - now < this.#longMs) {
      if (++this.#short === SHORT_OFFERS) this.#pause = LEAST_PAUSE_MS;
      return back;
    }
    this.#short = 0;
    this.#pauseEnds = back + this.#pause;
    this.#pause = Math.min(2 * this.#pause, MOST_PAUSE_MS);
    return back;
  }
}
