/**
 * Byte credit between two ranks: what may lie unreceived at the other side. Pure.
 *
 * Invariant: what I have sent and you have not consumed, plus what you have consumed and not yet
 * told me, plus what I may still send, is one window.
 */

/** Largest message that is sent without asking, as long as there is credit. */
export const EAGER_BYTES = 65_536;

/** What a message costs beyond its payload: envelope and book-keeping at the receiver. */
export const MESSAGE_OVERHEAD_BYTES = 256;

/**
 * Credit of each pair in a world of `size` ranks. All peers of one rank together can fill 64 MiB;
 * a pair never gets less than 256 KiB (a few eager messages) nor more than 4 MiB (above that the
 * handshake costs nothing beside the transfer).
 */
export function windowBytes(size: number): number {
  const share = Math.floor((64 * 2 ** 20) / Math.max(1, size - 1));
  return Math.min(4 * 2 ** 20, Math.max(256 * 2 ** 10, share));
}

/** One rank's account with one peer. */
export class Credit {
  /** Bytes I may send now. */
  available: number;
  /** Bytes I have consumed and not yet told the peer. */
  #owed = 0;
  readonly #returnAt: number;

  constructor(window: number) {
    this.available = window;
    this.#returnAt = window / 4;
  }

  /** Pays for a message; false if there is not enough, and nothing is paid. */
  spend(bytes: number): boolean {
    if (this.available < bytes) return false;
    this.available -= bytes;
    return true;
  }

  /** The peer has told me that it consumed this much. */
  refill(bytes: number): void {
    this.available += bytes;
  }

  /** I have consumed a message of the peer's. */
  consume(bytes: number): void {
    this.#owed += bytes;
  }

  /** True when so much is owed that the peer should be told even if nothing else goes there. */
  get due(): boolean {
    return this.#owed >= this.#returnAt;
  }

  /** What to tell the peer now; the account forgets it. */
  takeOwed(): number {
    const owed = this.#owed;
    this.#owed = 0;
    return owed;
  }
}
