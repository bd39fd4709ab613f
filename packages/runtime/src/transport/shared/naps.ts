import { milliseconds } from "../../clock.js";
import type { Libc } from "./libc.js";

/** The word: how many nap, and above that how often all have been woken. */
const COUNT_BITS = 12;
const COUNT_MASK = 2 ** COUNT_BITS - 1;

/** How long a program may be kept in one call: ranks that share a core come one after the other. */
const NAP_MS = 3;
/** Looks between two offers of the core. */
const LOOKS = 4;
/** Who gets the core back later than that has given it to somebody who computes. */
const LONG_OFFER_MS = 0.7;
/** For how long it then offers no more: twice as long each time, until offers have been short for a while. */
const LEAST_PAUSE_MS = 10;
const MOST_PAUSE_MS = 1000;
const SHORT_OFFERS = 1000;

export interface NapsOptions {
  readonly libc: Libc;
  readonly words: Int32Array;
  /** Which word is theirs, and where it is. */
  readonly at: number;
  readonly address: bigint;
  /** For at most how long one naps. */
  readonly napMs?: number;
}

/**
 * How ranks that share cores wait for each other on a board, in the program's own call. They give the core away in a loop
 * (`sched_yield`): to sleep and be woken takes several times as long. But who gives the core away comes behind all that
 * compute, V8's compiler threads among them, and gets it back after milliseconds. So who finds that out naps in the
 * kernel instead, for some time: all on one word, so that one system call wakes them.
 *
 * No wake-up is lost: who makes something happen does so, then looks whether anybody naps; who naps says so, then looks
 * whether it has happened (both sequentially consistent). Who is killed napping is counted until all are woken next.
 */
export class Naps {
  readonly #options: NapsOptions;
  #pauseEnds = 0;
  #pause = LEAST_PAUSE_MS;
  /** Since the last long one. */
  #shortOffers = 0;

  constructor(options: NapsOptions) {
    this.#options = options;
  }

  /** Until something has happened, or for as long as is of use; returns whether it has. */
  await(isOver: () => boolean): boolean {
    const { napMs = NAP_MS } = this.#options;
    const began = milliseconds();
    const until = began + napMs;
    return (began >= this.#pauseEnds && this.#offer(isOver, began, until)) || this.#nap(isOver, until);
  }

  /** Something has happened. */
  wake(): void {
    const { words, at, libc, address } = this.#options;
    for (;;) {
      const seen = Atomics.load(words, at);
      if ((seen & COUNT_MASK) === 0) return;
      const next = ((seen | COUNT_MASK) + 1) | 0;
      if (Atomics.compareExchange(words, at, seen, next) === seen) break;
    }
    libc.futexWakeAll(address);
  }

  #offer(isOver: () => boolean, began: number, until: number): boolean {
    const { libc } = this.#options;
    for (let before = began; before < until;) {
      for (let i = 0; i < LOOKS; i++) if (isOver()) return true;
      libc.sched_yield();
      const now = milliseconds();
      if (now - before >= LONG_OFFER_MS) {
        this.#pauseEnds = now + this.#pause;
        this.#pause = Math.min(2 * this.#pause, MOST_PAUSE_MS);
        this.#shortOffers = 0;
        break;
      }
      if (++this.#shortOffers === SHORT_OFFERS) this.#pause = LEAST_PAUSE_MS;
      before = now;
    }
    return isOver();
  }

  #nap(isOver: () => boolean, until: number): boolean {
    const { words, at, libc, address } = this.#options;
    for (let left = until - milliseconds(); left > 0; left = until - milliseconds()) {
      const entered = Atomics.add(words, at, 1) + 1;
      const isNapping = (word: number) => (word ^ entered) >>> COUNT_BITS === 0;
      const over = isOver();
      for (; !over && left > 0; left = until - milliseconds()) {
        const seen = Atomics.load(words, at);
        if (!isNapping(seen)) break;
        libc.futexWait(address, seen, left * 1e6);
      }
      this.#getUp(isNapping);
      if (over || isOver()) return true;
    }
    return false;
  }

  /** It is counted no more, unless all have been woken. */
  #getUp(isNapping: (word: number) => boolean): void {
    const { words, at } = this.#options;
    for (;;) {
      const seen = Atomics.load(words, at);
      if (!isNapping(seen) || Atomics.compareExchange(words, at, seen, seen - 1) === seen) return;
    }
  }
}
