import { Fifo } from "../../matching/fifo.js";
import type { Libc } from "./libc.js";
import type { Mailbox } from "./mailbox.js";
import type { RingWriter } from "./ring.js";

/** Payloads from this size on are left where they are, and fetched by the receiver. */
const LEND_BYTES = 32_768;

/** A way through memory to one rank. */
export class Outbound {
  /** Payloads that the receiver has not fetched: their memory must stay. */
  readonly #lent = new Fifo<Uint8Array>();
  #returned = 0;

  /** @param libc undefined if the receiver cannot fetch */
  constructor(
    private readonly ring: RingWriter,
    private readonly mailbox: Mailbox,
    private readonly libc: Libc | undefined,
  ) {}

  /** Puts a message into the ring; false if it has to go another way. */
  put(head: Uint8Array, payload: Uint8Array | undefined): boolean {
    if (payload === undefined || payload.byteLength < LEND_BYTES || this.libc === undefined) {
      return this.ring.write(head, payload);
    }
    this.collect();
    if (!this.ring.lend(head, this.libc.addressOf(payload), payload.byteLength)) return false;
    this.#lent.push(payload);
    return true;
  }

  /** True if the receiver sleeps and has to be rung. */
  wake(): boolean {
    return this.mailbox.wake();
  }

  /** Lets go of what the receiver has fetched. */
  collect(): void {
    if (this.#lent.length === 0) return;
    for (
      const { fetched } = this.ring;
      this.#returned !== fetched;
      this.#returned = (this.#returned + 1) >>> 0
    ) {
      this.#lent.shift();
    }
  }
}
