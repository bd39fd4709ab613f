/**
 * Frames of two ranks of a host about memory that they are going to share. They are shorter than an envelope.
 *
 *     0 u32 kind      8 u32 frames sent before      16 u64 address of a word
 *     4 u32 rank     12 u32 process                 24 u32 what the word holds
 */
export const Greeting = {
  /** Would you read from a ring? */
  OFFER: 1,
  /** There is one, and I look at it. */
  READY: 2,
  /** The same, and I can fetch what lies in your memory. */
  READY_TO_FETCH: 3,
} as const;

const GREETING_BYTES = 32;

export interface Offer {
  readonly kind: number;
  readonly rank: number;
  readonly frames: number;
  readonly pid: number;
  readonly address: bigint;
  readonly word: number;
}

export function writeGreeting({ kind, rank, frames, pid, address, word }: Offer): Uint8Array {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes.writeUInt32LE(kind, 0);
  bytes.writeUInt32LE(rank, 4);
  bytes.writeUInt32LE(frames, 8);
  bytes.writeUInt32LE(pid, 12);
  bytes.writeBigUInt64LE(address, 16);
  bytes.writeUInt32LE(word, 24);
  return bytes;
}

/** Undefined for a frame that is none. */
export function readGreeting(frame: Uint8Array): Offer | undefined {
  if (frame.byteLength !== GREETING_BYTES) return undefined;
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  return {
    kind: bytes.readUInt32LE(0),
    rank: bytes.readUInt32LE(4),
    frames: bytes.readUInt32LE(8),
    pid: bytes.readUInt32LE(12),
    address: bytes.readBigUInt64LE(16),
    word: bytes.readUInt32LE(24),
  };
}
