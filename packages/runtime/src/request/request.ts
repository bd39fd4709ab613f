import { MPIError } from "@tsmpi/protocol";
import { processBound } from "../codec/unsendable.js";
import type { Status } from "../status.js";

/** What a request is made of: the operation's promise and how to withdraw it. */
export interface RequestParts<T> {
  readonly promise: Promise<T> | undefined;
  /** For an operation that is complete already. */
  readonly value?: T;
  /** Withdraws the operation; false if it is too late. */
  readonly cancel?: () => boolean;
  readonly status?: () => Status | undefined;
}

/**
 * A nonblocking operation under way (MPI 4.1, 3.7). Not thenable on purpose: `await world.irecv()`
 * would wait where the user means to go on. Local: only the rank that made it uses it.
 */
export class Request<T = unknown> {
  readonly #promise: Promise<T>;
  readonly #cancel: (() => boolean) | undefined;
  readonly #status: (() => Status | undefined) | undefined;
  #done: boolean;
  #cancelled = false;

  /** @internal Requests are made by a communicator's `i…` methods. */
  constructor(parts: RequestParts<T>) {
    this.#done = parts.promise === undefined;
    this.#promise = parts.promise ?? Promise.resolve(parts.value as T);
    this.#cancel = parts.cancel;
    this.#status = parts.status;
    const settle = () => {
      this.#done = true;
    };
    // Also marks a rejection as handled: it belongs to whoever waits, however late.
    parts.promise?.then(settle, settle);
  }

  /** True once the operation has completed, failed or been cancelled. Does not make progress by itself. */
  get done(): boolean {
    return this.#done;
  }

  /** What is known of the received message; undefined before completion and for sends. */
  get status(): Status | undefined {
    return this.#status?.();
  }

  /**
   * Waits for completion (MPI_Wait) and returns the operation's result; may be called again. Rejects
   * with the operation's error; a cancelled receive yields undefined and `status.cancelled`.
   */
  wait(): Promise<T> {
    return this.#promise;
  }

  /** Lets messages that have arrived be handled, then tells whether the operation is complete (MPI_Test). */
  async test(): Promise<boolean> {
    if (!this.#done) await new Promise((resolve) => setImmediate(resolve));
    return this.#done;
  }

  /**
   * Withdraws a receive that has not matched (MPI_Cancel): a later message goes to the next receive.
   * One that has matched completes normally. Throws ERR_REQUEST for operations that cannot be
   * cancelled (sends and collectives).
   */
  cancel(): void {
    if (this.#cancelled || this.#done) return;
    if (this.#cancel === undefined) {
      throw new MPIError("ERR_REQUEST", "only receives can be cancelled", { operation: "cancel" });
    }
    this.#cancelled = this.#cancel();
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }
}
