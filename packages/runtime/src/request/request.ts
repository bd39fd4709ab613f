import { MPIError } from "@tsmpi/protocol";
import { processBound } from "../codec/unsendable.js";
import { quote } from "../quote.js";
import type { Status } from "../status.js";
import { oneOf, Progress } from "./progress.js";
import { registry } from "./registry.js";

/** What a request is made of: the operation's promise and how to withdraw it. */
export interface RequestParts<T> {
  readonly promise: Promise<T> | undefined;
  /** For an operation that is complete already. */
  readonly value?: T;
  /** Withdraws the operation; false if it is too late. */
  readonly cancel?: () => boolean;
  readonly status?: () => Status | undefined;
}

/** A request that is complete, from a list of them. */
export interface Completion<T> {
  /** Its place in the list. */
  readonly index: number;
  /** What `wait` gives: the received value, a collective's result, undefined for a send. */
  readonly value: T;
  /** What is known of the received message; undefined for sends and collectives. */
  readonly status: Status | undefined;
}

/** The values of a list of requests. */
export type Values<R extends readonly Request[]> = {
  -readonly [K in keyof R]: R[K] extends Request<infer T> ? T : never;
};

/**
 * A nonblocking operation under way (MPI 4.1, 3.7). Not thenable on purpose: `await world.irecv()`
 * would wait where the user means to go on. Local: only the rank that made it uses it.
 *
 * A request is active until its completion has been told, by `wait`, a `test` that is true, or one of
 * the calls on lists; `waitany`, `waitsome` and `testany` pass over those that are not.
 */
export class Request<T = unknown> {
  /** Undefined for an operation that was complete at once. */
  readonly #promise: Promise<T> | undefined;
  readonly #value: T | undefined;
  readonly #progress: Progress;
  readonly #cancel: (() => boolean) | undefined;
  readonly #status: (() => Status | undefined) | undefined;
  #cancelled = false;

  /** @internal Requests are made by a communicator's `i…` methods. */
  constructor(parts: RequestParts<T>) {
    this.#progress = new Progress(parts.promise);
    this.#promise = parts.promise;
    this.#value = parts.value;
    this.#cancel = parts.cancel;
    this.#status = parts.status;
    registry.note(this, new.target); // a bundler renames a class that mentions itself, and people see that name
  }

  /**
   * Waits until all are complete (MPI_Waitall).
   *
   * @returns their values in the order of the list, also of those that were complete before
   * @throws ERR_REQUEST for what is no request; the error of the first that fails, without waiting for the others
   * @example const [a, b] = await Request.waitall([world.irecv({ source: 0 }), world.irecv({ source: 1 })]);
   * @see MPI 4.1, 3.7.5 (MPI_Waitall)
   */
  static async waitall<const R extends readonly Request[]>(requests: R): Promise<Values<R>> {
    const values: unknown[] = [];
    let pending: Promise<unknown>[] | undefined;
    for (const [index, request] of check(requests, "waitall").entries()) {
      if (request.#promise === undefined) {
        request.#progress.awaited = request.#progress.told = true;
        values[index] = request.#value;
      } else {
        (pending ??= []).push(request.wait().then((value) => (values[index] = value)));
      }
    }
    if (pending !== undefined) await Promise.all(pending);
    return values as Values<R>;
  }

  /**
   * Waits until one of the active requests is complete (MPI_Waitany). Of several it takes the first in
   * the list.
   *
   * @returns its place, value and status; undefined if no request is active
   * @throws ERR_REQUEST for what is no request; the error of the request that is complete
   * @example
   * for (let next; (next = await Request.waitany(requests)) !== undefined; ) use(next.index, next.value);
   * @see MPI 4.1, 3.7.5 (MPI_Waitany)
   */
  static async waitany<T>(requests: readonly Request<T>[]): Promise<Completion<T> | undefined> {
    const active = check(requests, "waitany").filter((request) => !request.#progress.told);
    await oneOf(active.map((request) => request.#progress));
    const done = active.find((request) => request.#progress.done);
    return done === undefined ? undefined : done.#tell(requests);
  }

  /**
   * Waits until at least one of the active requests is complete (MPI_Waitsome).
   *
   * @returns place, value and status of all that are, in the order of the list; an empty list if no
   * request is active
   * @throws ERR_REQUEST for what is no request; the error of a request that has failed: then the others
   * stay active
   * @see MPI 4.1, 3.7.5 (MPI_Waitsome)
   */
  static async waitsome<T>(requests: readonly Request<T>[]): Promise<Completion<T>[]> {
    const active = check(requests, "waitsome").filter((request) => !request.#progress.told);
    await oneOf(active.map((request) => request.#progress));
    const done = active.filter((request) => request.#progress.done);
    const failed = done.find((request) => request.#progress.failed);
    return Promise.all((failed === undefined ? done : [failed]).map((request) => request.#tell(requests)));
  }

  /**
   * Lets messages that have arrived be handled, then tells whether all requests are complete
   * (MPI_Testall). If so, `waitall` gives their values at once; if not, nothing has changed.
   *
   * @throws ERR_REQUEST for what is no request
   * @see MPI 4.1, 3.7.5 (MPI_Testall)
   */
  static async testall(requests: readonly Request[]): Promise<boolean> {
    if (!check(requests, "testall").every((request) => request.#progress.done)) await turn();
    if (!requests.every((request) => request.#progress.done)) return false;
    for (const request of requests) request.#progress.told = true;
    return true;
  }

  /**
   * Lets messages that have arrived be handled, then gives one of the active requests that is
   * complete (MPI_Testany): the first in the list.
   *
   * @returns its place, value and status; undefined if none is complete, or none is active
   * @throws as {@link waitany}
   * @see MPI 4.1, 3.7.5 (MPI_Testany)
   */
  static async testany<T>(requests: readonly Request<T>[]): Promise<Completion<T> | undefined> {
    const active = check(requests, "testany").filter((request) => !request.#progress.told);
    const find = () => active.find((request) => request.#progress.done);
    if (active.length > 0 && find() === undefined) await turn();
    const done = find();
    return done === undefined ? undefined : done.#tell(requests);
  }

  /** @internal */
  get settled(): boolean {
    return this.#progress.told || this.#progress.seen || this.#cancelled;
  }

  /** True once the operation has completed, failed or been cancelled. Does not make progress by itself. */
  get done(): boolean {
    const { done } = this.#progress;
    if (done) this.#progress.seen = true;
    return done;
  }

  /** What is known of the received message; undefined before completion and for sends. */
  get status(): Status | undefined {
    return this.#status?.();
  }

  /**
   * Waits for completion (MPI_Wait); may be called again.
   *
   * @returns the operation's result; undefined for a cancelled receive, whose `status.cancelled` is true
   * @throws the operation's error
   * @see MPI 4.1, 3.7.3 (MPI_Wait)
   */
  wait(): Promise<T> {
    this.#progress.awaited = true;
    if (this.#progress.done) this.#progress.told = true;
    return this.#promise ?? Promise.resolve(this.#value as T);
  }

  /**
   * Lets messages that have arrived be handled, then tells whether the operation is complete. Never
   * throws: the operation's error comes out of `wait`.
   * @see MPI 4.1, 3.7.3 (MPI_Test)
   */
  async test(): Promise<boolean> {
    if (!this.#progress.done) await turn();
    if (this.#progress.done) this.#progress.told = true;
    return this.#progress.done;
  }

  /**
   * Withdraws a receive that has not matched (MPI_Cancel): a later message goes to the next receive.
   * One that has matched completes normally. Throws ERR_REQUEST for operations that cannot be
   * cancelled (sends and collectives).
   */
  cancel(): void {
    if (this.#cancelled || this.#progress.done) return;
    if (this.#cancel === undefined) {
      throw new MPIError("ERR_REQUEST", "only receives can be cancelled", { operation: "cancel" });
    }
    this.#cancelled = this.#cancel();
  }

  /** The completion of this request, which is complete and inactive from now on. */
  async #tell(list: readonly Request[]): Promise<Completion<T>> {
    this.#progress.told = true;
    return { index: list.indexOf(this), value: await this.wait(), status: this.status };
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function check<R extends readonly Request[]>(requests: R, operation: string): R {
  if (Array.isArray(requests) && requests.every((request) => request instanceof Request)) return requests;
  throw new MPIError("ERR_REQUEST", noRequests(requests, operation), { operation });
}

function noRequests(requests: unknown, operation: string): string {
  if (!Array.isArray(requests))
    return `${quote(requests)} is not a list of requests; write ${operation}([a, b])`;
  const index = requests.findIndex((request) => !(request instanceof Request));
  const entry: unknown = requests[index];
  const remedy =
    entry instanceof Promise
      ? "a promise: use the call that returns a request, irecv for recv, isend for send"
      : `${quote(entry)}, not a request`;
  return `entry ${index} of the list is ${remedy}`;
}
