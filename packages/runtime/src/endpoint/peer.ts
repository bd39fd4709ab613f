import { Credit } from "../flow/credit.js";

/** What this rank knows of one other rank. */
export class Peer {
  readonly credit: Credit;
  /** Handshake number of a message of the peer's that has matched and that it has not been told of; 0: none. */
  acknowledging = 0;
  /** Frames sent to the peer, and received from it. */
  sent = 0;
  received = 0;
  /** What `sent` was when the last frame was nothing but a confirmation of those before. */
  confirmed = 0;
  /**
   * Set when the peer has left: the number of frames it sent to this rank, null if it left without
   * saying. When that many have been received nothing more will come.
   */
  departed: number | null | undefined;

  /** Of the frames sent, those from here to there carry no message, and nobody need receive them at the end. */
  #idleFrom = 0;
  #idleTo = 0;

  constructor(
    readonly rank: number,
    window: number,
  ) {
    this.credit = new Credit(window);
  }

  /** How many frames the peer must receive to have got every message: less than `sent` if the last are none. */
  get due(): number {
    return this.sent === this.#idleTo ? this.#idleFrom : this.sent;
  }

  /** The next frame carries no message. Said of these, so that those that do cost nothing. */
  noteIdle(): void {
    if (this.sent !== this.#idleTo) this.#idleFrom = this.sent;
    this.#idleTo = this.sent + 1;
  }

  /** The next frame carries no message and takes one back: nothing before it can be counted on. */
  noteWithdrawal(): void {
    this.#idleFrom = 0;
    this.#idleTo = this.sent + 1;
  }

  /** True when the peer has left and everything it sent has been received. */
  get silent(): boolean {
    return this.departed !== undefined && (this.departed === null || this.received >= this.departed);
  }
}
