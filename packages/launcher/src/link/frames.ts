/**
 * The bytes on a link: frames with a head of 12 bytes, little-endian.
 *
 *     0 u32 length of the body    4 u32 kind    8 u32 rank
 *
 * The body of "messages" is a JSON array, or empty (a sign of life); that of the others is a piece
 * of a rank's stream.
 */
const HEAD_BYTES = 12;
/** Nothing we send comes near; a length beyond it is not ours. */
const LONGEST_MESSAGES = 1 << 28;

const KINDS = ["messages", "stdin", "stdout", "stderr"] as const;

/** A stream of a rank. */
export type ByteStream = "stdin" | "stdout" | "stderr";

/** The head of a frame. */
export function encodeHead(kind: (typeof KINDS)[number], rank: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(KINDS.indexOf(kind), 4);
  head.writeUInt32LE(rank, 8);
  return head;
}

/** What comes out of a reader. */
export interface FrameEvents {
  messages(messages: readonly unknown[]): void;
  /** A piece of what the other side sent at once. */
  bytes(stream: ByteStream, rank: number, bytes: Uint8Array): void;
}

/** Cuts a byte stream into frames. */
export class FrameReader {
  /** Bytes of a head, or of a body of messages, that is not complete. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #kind: (typeof KINDS)[number] | undefined;
  #rank = 0;
  /** Bytes of the body that have not come. */
  #missing = HEAD_BYTES;

  constructor(private readonly events: FrameEvents) {}

  /** Takes what has arrived. Throws when it is not what a link sends. */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.byteLength > 0) {
      const part = rest.subarray(0, this.#missing);
      rest = rest.subarray(part.byteLength);
      this.#missing -= part.byteLength;
      if (this.#kind === undefined || this.#kind === "messages") this.#hold(part);
      else this.events.bytes(this.#kind, this.#rank, part);
      if (this.#missing === 0) this.#complete();
    }
  }

  #hold(part: Buffer): void {
    this.#held.push(part);
    this.#heldBytes += part.byteLength;
  }

  #take(): Buffer {
    const whole = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return whole;
  }

  /** The end of a head or of a body. */
  #complete(): void {
    if (this.#kind === undefined) return this.#head(this.#take());
    if (this.#kind === "messages") {
      this.events.messages(JSON.parse(this.#take().toString()) as readonly unknown[]);
    }
    this.#expectHead();
  }

  #head(head: Buffer): void {
    const length = head.readUInt32LE(0);
    const kind = KINDS[head.readUInt32LE(4)];
    if (kind === undefined || (kind === "messages" && length > LONGEST_MESSAGES)) {
      throw new Error("no frame of a link");
    }
    if (length === 0) return this.#expectHead();
    this.#kind = kind;
    this.#rank = head.readUInt32LE(8);
    this.#missing = length;
  }

  #expectHead(): void {
    this.#kind = undefined;
    this.#missing = HEAD_BYTES;
  }
}
