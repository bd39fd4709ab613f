/**
 * Moves frames between ranks: the narrow place behind which lanes (ZeroMQ, memory, later shared
 * memory) can be exchanged.
 */
export interface Transport {
  /**
   * Hands a message to `dest` (a world rank, never this one): one frame, or two. Never blocks and
   * never fails; messages to one rank arrive in the order of the calls. The frames must not change
   * until they have arrived.
   */
  send(dest: number, head: Uint8Array, payload?: Uint8Array): void;
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

/** Where a transport delivers to. */
export interface Receiver {
  /**
   * Where the payload of the message that comes next belongs, if that is known already: memory of exactly so many
   * bytes, which the transport may fill in place of memory of its own.
   */
  place?(head: Uint8Array, bytes: number): Uint8Array | undefined;
  /** A message of one or two frames. The receiver owns their memory. */
  message(head: Uint8Array, payload: Uint8Array | undefined): void;
  /** The transport cannot go on. */
  broken(error: Error): void;
}

/** Opens a transport that delivers to `receiver`. */
export type TransportOpener = (receiver: Receiver) => Transport;
