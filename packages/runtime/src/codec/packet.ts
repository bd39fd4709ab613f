/** An encoded value: what travels behind an envelope. */
export interface Packet {
  /** How `bytes` are to be read; one of `Format`. */
  readonly format: number;
  readonly bytes: Uint8Array;
  /**
   * True when `bytes` are memory nobody else will change: an encoding made for this message, or a
   * frame that arrived. False when they are the user's own array, borrowed until the operation ends.
   */
  readonly owned: boolean;
}

const NO_BYTES = new Uint8Array(0);

/** A packet without payload. */
export function emptyPacket(format: number): Packet {
  return { format, bytes: NO_BYTES, owned: true };
}
