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

  constructor(
    readonly rank: number,
    window: number,
  ) {
    this.credit = new Credit(window);
  }

  /** True when the peer has left and everything it sent has been received. */
  get silent(): boolean {
    return this.departed !== undefined && (this.departed === null || this.received >= this.departed);
  }
}
