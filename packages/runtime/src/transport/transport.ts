import type { Envelope } from "@tsmpi/protocol";
import type { BoardMaker } from "../board.js";

/**
 * Moves frames between ranks: the narrow place behind which lanes (ZeroMQ, memory, later shared
 * memory) can be exchanged.
 */
export interface Transport {
  /** Makes memory that several ranks see; undefined where there is no such thing. */
  readonly boards?: BoardMaker;
  /**
   * As `send`, of an envelope that has not become a frame, where that is dearer: false if it has to, and nothing has
   * been sent. What the kind of the envelope says is borrowed must not change until it has arrived; of other payloads
   * nothing is needed any more.
   */
  put?(dest: number, envelope: Envelope, payload: Uint8Array | undefined): boolean;
  /**
   * Hands a message to `dest` (a world rank, never this one): one frame, or two. Never blocks and
   * never fails; messages to one rank arrive in the order of the calls. The frames must not change
   * until they have arrived.
   */
  send(dest: number, head: Uint8Array, payload?: Uint8Array): void;
  /**
   * The next message of a rank, if it lies in memory and is whole, or comes there promptly. Undefined as well when the
   * event loop is to have its turn.
   */
  peek?(source: number): Waiting | undefined;
  /**
   * From now on arriving messages are given to the receiver, and the process stays alive for them.
   * May be called while it is already so.
   *
   * @param now the receiver can take messages before this returns: what is here, or about to come, may
   * be given to it at once
   */
  listen(now?: boolean): void;
  /** Nobody waits any more: the process may end. */
  idle(): void;
  /** Lets go of everything; what is queued is dropped. */
  close(): void;
}

/** A message in a transport's memory. */
export interface Waiting {
  envelope(): Envelope;
  /** What lies there until `shift`; undefined if it has no payload. */
  payload(): Uint8Array | undefined;
  /** Takes it away. */
  shift(): void;
}

/** Where a transport delivers to. */
export interface Receiver {
  /** What beside its message an envelope says may be heard earlier; `accept` follows with the same. */
  hear(envelope: Envelope): void;
  /**
   * A message that has not come in frames.
   *
   * @param owned false if the payload is memory that the transport will use again
   */
  accept(envelope: Envelope, payload: Uint8Array | undefined, owned: boolean): void;
  /**
   * Where the payload of the message that comes next belongs, if that is known already: memory of exactly its
   * size, which the transport may fill in place of memory of its own. As long as it belongs there the answer is the same
   * object; before the transport goes on to fill it later, it must ask again.
   */
  place(envelope: Envelope): Uint8Array | undefined;
  /** A message of one or two frames. The receiver owns their memory. */
  message(head: Uint8Array, payload: Uint8Array | undefined): void;
  /** Something may have come in memory that the transport knows nothing of: true if so. */
  look?(): boolean;
  /** All that is waited for comes about in such memory, and the program has nothing else to do: timers can wait a little. */
  readonly patient?: boolean;
  /** The transport cannot go on. */
  broken(error: Error): void;
}

/** Opens a transport that delivers to `receiver`. */
export type TransportOpener = (receiver: Receiver) => Transport;
