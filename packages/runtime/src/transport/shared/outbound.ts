import { isJoined, type Envelope } from "@tsmpi/protocol";
import { Fifo } from "../../matching/fifo.js";
import type { ChuteWriter, Loan } from "./chute.js";
import type { Libc } from "./libc.js";
import type { Mailbox } from "./mailbox.js";
import type { RingWriter } from "./ring.js";

/** Payloads from this size on are left where they are, and fetched by the receiver. */
const LEND_BYTES = 32_768;
/** Looks, about 10 ns each, in which a reader that is at work makes room, at least, and for each byte that the other lane would copy. */
const PATIENCE = 2000;
const PATIENCE_PER_BYTE = 0.5;

/** A way through memory to one rank. */
export class Outbound {
  /** Payloads that the receiver has not fetched: their memory must stay. */
  readonly #lent = new Fifo<Loan>();
  #returned = 0;
  /** Of the lent ones, those that are still to be passed on. */
  readonly #passing = new Fifo<Loan>();
  readonly #patience: number;
  /** Where the reader was when it was last waited for in vain. */
  #stuckAt: number | undefined;

  /**
   * @param bell rings the receiver out of its event loop
   * @param libc undefined if the receiver cannot fetch
   * @param maySpin false where the receiver may need this core
   */
  constructor(
    private readonly ring: RingWriter,
    private readonly chute: ChuteWriter,
    private readonly mailbox: Mailbox,
    private readonly bell: () => void,
    private readonly libc: Libc | undefined,
    maySpin: boolean,
  ) {
    this.#patience = maySpin ? PATIENCE : 0;
  }

  /** Puts a message into the ring; false if it has to go another way. */
  put(envelope: Envelope, payload: Uint8Array | undefined): boolean {
    const { ring, libc } = this;
    const bytes = payload === undefined ? 0 : payload.byteLength;
    if (bytes < LEND_BYTES || libc === undefined || isJoined(envelope.kind)) {
      return ring.write(envelope, payload) || (this.#waitForRoom(bytes) && ring.write(envelope, payload));
    }
    this.collect();
    const claims = ring.lend(envelope, libc.addressOf(payload!));
    if (claims === undefined) return false;
    const loan = { bytes: payload!, claims };
    this.#lent.push(loan);
    this.#passing.push(loan);
    return true;
  }

  /** Passes on what has been lent, as long as the receiver takes it. False when there is nothing left to pass on. */
  pass(): boolean {
    if (this.#passing.length === 0) return false;
    this.collect();
    const isLeft = this.#pass();
    this.wake(); // it may have waited for a chunk
    return isLeft;
  }

  #pass(): boolean {
    for (let loan; (loan = this.#passing.peek()) !== undefined; this.#passing.shift()) {
      if (!this.chute.pass(loan)) return true;
    }
    return false;
  }

  /** Wakes the receiver if it sleeps. */
  wake(): void {
    if (this.mailbox.wake()) this.bell();
  }

  /** Lets go of what the receiver has fetched. */
  collect(): void {
    if (this.#lent.length === 0) return;
    for (
      const { fetched } = this.ring;
      this.#returned !== fetched;
      this.#returned = (this.#returned + 1) >>> 0
    ) {
      const loan = this.#lent.shift();
      if (this.#passing.peek() === loan) this.#passing.shift(); // its record is no more
    }
  }

  /**
   * A ring that is full for a moment is cheaper than the other lane, and so is what comes after. The wait is for a reader
   * that reads: not again as long as it has not moved since the last wait in vain.
   */
  #waitForRoom(bytes: number): boolean {
    const { ring } = this;
    if (this.#stuckAt === ring.readPosition || !ring.canHold(bytes)) return false;
    let position = ring.readPosition;
    const most = this.#patience + (this.#patience > 0 ? bytes * PATIENCE_PER_BYTE : 0);
    for (let patience = most; patience > 0; patience--) {
      if (ring.readPosition === position) continue;
      if (ring.hasRoomFor(bytes)) return true;
      position = ring.readPosition;
      patience = most;
    }
    this.#stuckAt = position;
    return false;
  }
}
