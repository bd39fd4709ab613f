import type { Libc } from "./libc.js";
import type { Mapping } from "./mapping.js";

/** What a rank does while it has no message. A word in a page of its own that all senders look at. */
const State = {
  /** It looks by itself. */
  AWAKE: 0,
  /** It sleeps in the kernel, on this word. */
  DOZING: 1,
  /** It waits for its event loop, and must be rung out of it. */
  ASLEEP: 2,
} as const;

/**
 * Where a rank says whether it has to be woken. No wake-up is lost: a sender writes, then looks at
 * the word; the sleeper sets the word, then looks for what has been written (both sequentially consistent).
 */
export class Mailbox {
  readonly #words: Int32Array;
  readonly #address: bigint;
  readonly #libc: Libc;

  constructor(libc: Libc, { memory, address }: Mapping) {
    this.#libc = libc;
    this.#words = new Int32Array(memory);
    this.#address = address;
  }

  /** Called by a sender that has written something: true if it has to ring. */
  wake(): boolean {
    const state = Atomics.load(this.#words, 0);
    if (state === State.AWAKE) return false;
    if (Atomics.compareExchange(this.#words, 0, state, State.AWAKE) !== state) return false;
    if (state === State.DOZING) this.#libc.futexWake(this.#address);
    return state === State.ASLEEP;
  }

  /** Called by the owner: sleeps until it is woken, for at most this long, unless `look` finds something. */
  doze(nanoseconds: number, look: () => boolean): boolean {
    Atomics.store(this.#words, 0, State.DOZING);
    const found = look();
    if (!found) this.#libc.futexWait(this.#address, State.DOZING, nanoseconds);
    Atomics.store(this.#words, 0, State.AWAKE);
    return found;
  }

  /** Called by the owner: from now on it has to be rung. It must look for news once more. */
  fallAsleep(): void {
    Atomics.store(this.#words, 0, State.ASLEEP);
  }

  /** Called by the owner: need not be rung any more. */
  getUp(): void {
    Atomics.store(this.#words, 0, State.AWAKE);
  }
}
