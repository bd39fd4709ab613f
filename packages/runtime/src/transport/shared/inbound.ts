import type { Fetcher } from "./fetch.js";
import type { RingReader } from "./ring.js";

interface Held {
  readonly head: Uint8Array;
  readonly payload: Uint8Array | undefined;
}

/** Takes messages, and says beforehand where the payload of the next belongs, if it has a place. */
export interface Taker {
  place?(head: Uint8Array, bytes: number): Uint8Array | undefined;
  message(head: Uint8Array, payload: Uint8Array | undefined): void;
}

/**
 * Messages of one rank that come on two lanes: what found no room in the ring came by ZeroMQ. The
 * sequence in the envelope says what is next; the ring keeps what is ahead, and this what came ahead by ZeroMQ.
 */
export class Inbound {
  readonly #held = new Map<number, Held>();
  #next: number;
  /** The sender's process has gone, and with it what it had lent. */
  #lost = false;

  /** @param next sequence of the message that comes next */
  constructor(
    private readonly ring: RingReader,
    private readonly fetcher: Fetcher,
    private readonly pid: number,
    next: number,
    private readonly sequenceAt: number,
    private readonly taker: Taker,
  ) {
    this.#next = next;
  }

  /** A message has come by ZeroMQ. */
  arrive(sequence: number, head: Uint8Array, payload: Uint8Array | undefined): void {
    if (sequence !== this.#next) {
      this.#held.set(sequence, { head, payload });
      return;
    }
    this.#pass(head, payload);
  }

  /** Delivers the next message if it is here; false if it is not. */
  take(): boolean {
    const { ring } = this;
    if (!ring.empty && ring.word(this.sequenceAt) === this.#next && !this.#lost) return this.#takeFromRing();
    if (this.#held.size === 0) return false;
    const held = this.#held.get(this.#next);
    if (held === undefined) return false;
    this.#held.delete(this.#next);
    this.#pass(held.head, held.payload);
    return true;
  }

  #takeFromRing(): boolean {
    const head = this.ring.head();
    let payload = this.ring.payload();
    if (payload !== undefined && "address" in payload) {
      const bytes = Number(payload.bytes);
      const memory = this.taker.place?.(head, bytes) ?? Buffer.allocUnsafeSlow(bytes);
      if (!this.fetcher.fetch(this.pid, payload.address, memory)) {
        this.#lost = true;
        return false;
      }
      payload = memory;
    }
    this.ring.shift();
    this.#pass(head, payload);
    return true;
  }

  #pass(head: Uint8Array, payload: Uint8Array | undefined): void {
    this.#next = (this.#next + 1) >>> 0;
    this.taker.message(head, payload);
  }
}
