import type { Envelope } from "@tsmpi/protocol";
import type { ChuteReader } from "./chute.js";
import type { RingReader } from "./ring.js";

interface Held {
  readonly head: Uint8Array;
  readonly payload: Uint8Array | undefined;
}

/** A payload on its way. */
interface Filling {
  readonly memory: Uint8Array;
  /** It is memory that a receive has for it. */
  readonly placed: boolean;
  /** Nothing of the payload has been put anywhere else. */
  readonly isWhole: boolean;
}

/** Takes messages, and says beforehand where the payload of the next belongs, if it has a place. */
export interface Taker {
  place(envelope: Envelope): Uint8Array | undefined;
  hear(envelope: Envelope): void;
  accept(envelope: Envelope, payload: Uint8Array | undefined, owned: boolean): void;
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
  /** What is being done about the next message's payload. */
  #filling: Filling | undefined;

  /** Sequence of the last envelope that was heard before its payload was fetched. */
  #heard: number | undefined;

  /**
   * @param next sequence of the message that comes next
   * @param isWanted true while somebody waits
   */
  constructor(
    private readonly ring: RingReader,
    private readonly chute: ChuteReader,
    next: number,
    private readonly taker: Taker,
    private readonly isWanted: () => boolean,
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
    if (!ring.empty && ring.sequence === this.#next && !this.#lost) return this.#takeFromRing();
    if (this.#held.size === 0) return false;
    const held = this.#held.get(this.#next);
    if (held === undefined) return false;
    this.#held.delete(this.#next);
    this.#pass(held.head, held.payload);
    return true;
  }

  /** The next message lies in the ring, whole. */
  get isReady(): boolean {
    const { ring } = this;
    return !ring.empty && ring.sequence === this.#next && !ring.isLent;
  }

  envelope(): Envelope {
    return this.ring.envelope();
  }

  payload(): Uint8Array | undefined {
    return this.ring.payload();
  }

  shift(): void {
    this.#next = (this.#next + 1) >>> 0;
    this.ring.shift();
  }

  #takeFromRing(): boolean {
    const { ring } = this;
    const envelope = ring.envelope();
    const { isLent } = ring;
    const payload = isLent ? this.#fetch(envelope) : ring.payload();
    if (isLent && payload === undefined) return false;
    this.#next = (this.#next + 1) >>> 0; // what follows is not next before this has left the ring
    try {
      if (isLent) ring.shift();
      this.taker.accept(envelope, payload, isLent);
    } finally {
      if (!isLent) ring.shift();
    }
    return true;
  }

  /** Undefined if it takes longer, or cannot be. */
  #fetch(envelope: Envelope): Uint8Array | undefined {
    const { ring, chute } = this;
    const filling = (this.#filling = this.#target(envelope));
    if (filling === undefined) return undefined;
    const { memory, isWhole } = filling;
    let done = chute.get(ring.address, ring.claims, memory);
    if (done === true && !isWhole) done = chute.fetch(ring.address, memory);
    if (done === false) this.#lost = true;
    if (done !== true) return undefined;
    this.#filling = undefined;
    return memory;
  }

  /**
   * Where the payload goes. Getting it may take more than one look, and meanwhile the receive may have been withdrawn, or
   * have got another message: its memory is its user's then. Undefined if the program is to go on first.
   */
  #target(envelope: Envelope): Filling | undefined {
    const filling = this.#filling;
    if (filling?.placed === false) return filling;
    const place = this.taker.place(envelope);
    if (filling !== undefined && filling.memory === place) return filling;
    // The program may be about to say where it wants the payload: it waits for what the envelope brings along.
    if (filling === undefined && place === undefined && envelope.sequence !== this.#heard) {
      this.#heard = envelope.sequence;
      this.taker.hear(envelope);
      if (!this.isWanted()) return undefined;
    }
    return {
      memory: place ?? Buffer.allocUnsafeSlow(envelope.bytes),
      placed: place !== undefined,
      isWhole: filling === undefined,
    };
  }

  #pass(head: Uint8Array, payload: Uint8Array | undefined): void {
    this.#next = (this.#next + 1) >>> 0;
    this.taker.message(head, payload);
  }
}
