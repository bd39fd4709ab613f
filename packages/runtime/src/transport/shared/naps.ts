import { milliseconds } from "../../clock.js";
import type { Libc } from "./libc.js";
import type { Offers } from "./offers.js";

/** The word: how many nap, and above that how often all have been woken. */
const COUNT_BITS = 12;
const COUNT_MASK = 2 ** COUNT_BITS - 1;

/**
 * How long a program may be kept in one call: ranks that share a core come one after the other. Who gives up waits in turns
 * of the event loop, which costs the core so much that the others, who wait for it, give up as well.
 */
const NAP_MS = 3;
const NAP_MS_PER_RANK = 1;
export const longestNapMs = (ranksPerCore: number): number => NAP_MS + NAP_MS_PER_RANK * ranksPerCore;
/** Looks between two offers of the core. */
const LOOKS = 4;

export interface NapsOptions {
  readonly libc: Libc;
  readonly offers: Offers;
  readonly words: Int32Array;
  /** Which word is theirs, and where it is. */
  readonly at: number;
  readonly address: bigint;
  /** For at most how long one naps. */
  readonly napMs?: number;
}

/**
 * How ranks that share cores wait for each other on a board, in the program's own call: they offer their core to others
 * as long as that pays; else they nap in the kernel, all on one word, so that one system call wakes them.
 *
 * No wake-up is lost: who makes something happen does so, then looks whether anybody naps; who naps says so, then looks
 * whether it has happened (both sequentially consistent). Who is killed napping is counted until all are woken next.
 */
export class Naps {
  readonly #options: NapsOptions;

  constructor(options: NapsOptions) {
    this.#options = options;
  }

  /** Until something has happened, or for as long as is of use; returns whether it has. */
  await(isOver: () => boolean): boolean {
    const { offers, napMs = longestNapMs(offers.ranksPerCore) } = this.#options;
    let now = milliseconds();
    const until = now + napMs;
    while (now < until && offers.pay(now)) {
      for (let i = 0; i < LOOKS; i++) if (isOver()) return true;
      now = offers.make(now);
    }
    return this.#nap(isOver, until);
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
    return isOver();
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
