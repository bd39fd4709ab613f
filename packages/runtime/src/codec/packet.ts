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

/** The same packet in memory that nobody else will change. */
export function ownPacket(packet: Packet): Packet {
  const { format, bytes, owned } = packet;
  if (owned) return packet;
  const { byteLength } = bytes;
  const copy =
    byteLength < OWN_MEMORY_BYTES ? Buffer.allocUnsafe(byteLength) : Buffer.allocUnsafeSlow(byteLength);
  copy.set(bytes);
  return { format, bytes: copy, owned: true };
}

/** From this size on a copy has exactly the memory that it needs, and can be handed on without another copy. */
const OWN_MEMORY_BYTES = 4096;

const NO_BYTES = new Uint8Array(0);

/** A packet without payload. */
export function emptyPacket(format: number): Packet {
  return { format, bytes: NO_BYTES, owned: true };
}
