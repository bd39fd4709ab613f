/**
 * The envelope: 48 bytes in front of every message between ranks, little-endian.
 *
 *     0 u8  kind         4 u32 source (world rank)   16 u32 sequence in the pair   24 f64 payload bytes
 *     1 u8  format       8 u32 context              20 u32 id of a handshake      32 u32 returned credit
 *     2 u16 flags       12 i32 tag                                               36 u32 acknowledged id
 *                                                   40 u32 signature             44 u32 shape
 *
 * The sequence counts the matchable messages of one rank to another, over all lanes. Signature and
 * shape say which call of a collective a message belongs to; both are 0 in the user's messages.
 */
export const ENVELOPE_BYTES = 48;
/** Offset of the sequence. */
export const SEQUENCE_AT = 16;

/** What a frame between ranks is. */
export const Kind = {
  /** A whole message, payload behind the envelope in the same frame; already paid with credit. */
  EAGER: 1,
  /** A whole message, payload in its own frame; already paid with credit. */
  PUSH: 2,
  /** Announces a message that waits at the sender until a receive matches it. */
  REQUEST: 3,
  /** The receiver's answer to REQUEST: send it now. */
  CLEAR: 4,
  /** The payload that CLEAR asked for. */
  DATA: 5,
  /** Nothing but returned credit or an acknowledged id, when no other frame has taken them along. */
  RETURN: 6,
  /** The sender of the message with this id gives it up, if no receive has matched it. */
  WITHDRAW: 7,
  /** The answer to WITHDRAW if that was in time; otherwise the message just goes its way. */
  WITHDRAWN: 8,
  /** Says which collective the sender has called, and what it knows of the others' calls; not matched. */
  CALL: 9,
  /**
   * The message with this id, if there is one, has been dropped: the rank whose number is in the place of the tag has
   * revoked the communicator with this first context.
   */
  REVOKED: 10,
} as const;

/** Flag: the sender waits until its id is acknowledged: matched, and out of the sender's memory. */
export const WANTS_ACKNOWLEDGE = 1;
/** Flag of CALL: ranks have called different collectives, and this call fails everywhere. */
export const DISPUTED = 2;
/** Flag of CALL: on some rank the call in question is under way, and its user will be told. */
export const TOLD = 4;

export interface Envelope {
  readonly kind: number;
  readonly format: number;
  readonly flags: number;
  readonly source: number;
  readonly context: number;
  readonly tag: number;
  readonly sequence: number;
  readonly id: number;
  readonly bytes: number;
  /** Bytes of the peer's messages consumed since the last frame to it. */
  readonly credit: number;
  /** A message of the peer's that has matched, on any frame that goes there anyway; 0 for none. */
  readonly acknowledged: number;
  /** Of a collective: operation, root and reduction; 0 for the user's messages. */
  readonly signature: number;
  /** Of a collective: element type and length where they must be the same everywhere; 0 where not. */
  readonly shape: number;
}

const scratch = new ArrayBuffer(ENVELOPE_BYTES);
const scratchBytes = new Uint8Array(scratch);
const scratch16 = new Uint16Array(scratch);
const scratch32 = new Int32Array(scratch);
const scratchU32 = new Uint32Array(scratch);
const scratch64 = new Float64Array(scratch);

/** Writes the envelope into the first bytes of `frame`. */
export function writeEnvelope(frame: Uint8Array, e: Envelope): void {
  scratchBytes[0] = e.kind;
  scratchBytes[1] = e.format;
  scratch16[1] = e.flags;
  scratchU32[1] = e.source;
  scratchU32[2] = e.context;
  scratch32[3] = e.tag;
  scratchU32[4] = e.sequence;
  scratchU32[5] = e.id;
  scratch64[3] = e.bytes;
  scratchU32[8] = e.credit;
  scratchU32[9] = e.acknowledged;
  scratchU32[10] = e.signature;
  scratchU32[11] = e.shape;
  frame.set(scratchBytes, 0);
}

/** Reads the envelope at the start of `frame`. The caller has checked that it is long enough. */
export function readEnvelope(frame: Uint8Array): Envelope {
  for (let i = 0; i < ENVELOPE_BYTES; i++) scratchBytes[i] = frame[i]!;
  return {
    kind: scratchBytes[0]!,
    format: scratchBytes[1]!,
    flags: scratch16[1]!,
    source: scratchU32[1]!,
    context: scratchU32[2]!,
    tag: scratch32[3]!,
    sequence: scratchU32[4]!,
    id: scratchU32[5]!,
    bytes: scratch64[3]!,
    credit: scratchU32[8]!,
    acknowledged: scratchU32[9]!,
    signature: scratchU32[10]!,
    shape: scratchU32[11]!,
  };
}

/**
 * As {@link writeEnvelope}, into memory that is seen as words and as doubles.
 *
 * @param at where it begins, in doubles
 */
export function putEnvelope(words: Uint32Array, doubles: Float64Array, at: number, e: Envelope): void {
  const word = 2 * at;
  words[word] = e.kind | (e.format << 8) | (e.flags << 16);
  words[word + 1] = e.source;
  words[word + 2] = e.context;
  words[word + 3] = e.tag;
  words[word + 4] = e.sequence;
  words[word + 5] = e.id;
  doubles[at + 3] = e.bytes;
  words[word + 8] = e.credit;
  words[word + 9] = e.acknowledged;
  words[word + 10] = e.signature;
  words[word + 11] = e.shape;
}

/** Reads what {@link putEnvelope} has written. */
export function getEnvelope(words: Uint32Array, doubles: Float64Array, at: number): Envelope {
  const word = 2 * at;
  const first = words[word]!;
  return {
    kind: first & 255,
    format: (first >>> 8) & 255,
    flags: first >>> 16,
    source: words[word + 1]!,
    context: words[word + 2]!,
    tag: words[word + 3]! | 0,
    sequence: words[word + 4]!,
    id: words[word + 5]!,
    bytes: doubles[at + 3]!,
    credit: words[word + 8]!,
    acknowledged: words[word + 9]!,
    signature: words[word + 10]!,
    shape: words[word + 11]!,
  };
}

/** Whether a message of this kind that is sent in frames has its payload behind the envelope in the same frame. */
export function isJoined(kind: number): boolean {
  return kind === Kind.EAGER || kind === Kind.CALL;
}

const ALL_FLAGS = WANTS_ACKNOWLEDGE | DISPUTED | TOLD;

/**
 * Whether a frame can be a rank's: noise at a socket is taken apart by ZeroMQ like anything else, and what
 * comes out may be long enough for an envelope.
 *
 * @param frameBytes length of the frame that begins with the envelope
 * @param payloadBytes length of the frame behind it; undefined if there is none
 */
export function isWhole(
  { kind, flags, bytes }: Envelope,
  frameBytes: number,
  payloadBytes: number | undefined,
): boolean {
  if (kind < Kind.EAGER || kind > Kind.REVOKED || (flags & ~ALL_FLAGS) !== 0) return false;
  if (kind === Kind.PUSH || kind === Kind.DATA) {
    return frameBytes === ENVELOPE_BYTES && bytes === (payloadBytes ?? 0);
  }
  if (payloadBytes !== undefined) return false;
  return frameBytes === (isJoined(kind) ? ENVELOPE_BYTES + bytes : ENVELOPE_BYTES);
}
