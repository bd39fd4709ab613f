import type { ReceiveBuffer } from "../codec/decode.js";
import type { Status } from "../status.js";

/** How long an operation may wait. Whatever ends it first wins; it never both fails and has an effect. */
export interface WaitOptions {
  /** Withdraws the operation when it is aborted: it rejects with an AbortError whose cause is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the operation is withdrawn and rejects ERR_TIMEOUT; default: for ever. */
  readonly timeout?: number | undefined;
}

/** Options of a nonblocking send. */
export interface StartSendOptions {
  /** 0 … TAG_UB; default 0. */
  readonly tag?: number | undefined;
}

/** Options of a send. */
export interface SendOptions extends StartSendOptions, WaitOptions {}

/** Which messages are meant. */
export interface MessageSelector {
  /** A rank, ANY_SOURCE (default) or PROC_NULL. */
  readonly source?: number | undefined;
  /** 0 … TAG_UB, or ANY_TAG (default). */
  readonly tag?: number | undefined;
}

/** Options of a probe that waits. */
export interface ProbeOptions extends MessageSelector, WaitOptions {}

/** Where to put what is received. */
export interface IntoOptions {
  /**
   * A typed array, Buffer, DataView or ArrayBuffer to receive into; it must have the message's
   * element type and room for it, and is what the receive yields. It belongs to the operation until
   * that is complete.
   */
  readonly into?: ReceiveBuffer | undefined;
}

/** Options of a nonblocking receive. */
export interface StartReceiveOptions extends MessageSelector, IntoOptions {}

/** Options of a receive. */
export interface ReceiveOptions extends StartReceiveOptions, WaitOptions {}

/** Options of a combined send and receive. */
export interface SendrecvOptions extends IntoOptions {
  /** Where to receive from; default ANY_SOURCE. */
  readonly source?: number | undefined;
  /** Default 0. */
  readonly sendtag?: number | undefined;
  /** Default ANY_TAG. */
  readonly recvtag?: number | undefined;
}

/** A received value and what is known of its message. */
export interface Received<T> {
  /** The value, in memory of its own or in `into`. */
  readonly data: T;
  /** Where it came from, and its size. */
  readonly status: Status;
}
