import type { Received } from "./options.js";
import type { ValueReceive } from "./receives.js";

/** What an iteration over messages is made of. */
export interface MessageSource<T> {
  /** Posts a receive; undefined from PROC_NULL. */
  readonly start: () => ValueReceive<T> | undefined;
  /** Withdraws it; false if it has already matched. */
  readonly cancel: (receive: ValueReceive<T>) => boolean;
}

/**
 * One iteration over the messages that fit: each step is a receive, posted when the step is asked
 * for, so nothing is taken that is not handed over.
 */
export class MessageIterator<T> implements AsyncIterator<Received<T>, undefined> {
  readonly #source: MessageSource<T>;
  readonly #pending = new Set<ValueReceive<T>>();
  #ended = false;

  constructor(source: MessageSource<T>) {
    this.#source = source;
  }

  async next(): Promise<IteratorResult<Received<T>, undefined>> {
    const receive = this.#ended ? undefined : this.#source.start();
    if (receive === undefined) return this.#end();
    this.#pending.add(receive);
    try {
      const data = await receive.promise;
      const status = receive.status!;
      return status.cancelled ? this.#end() : { done: false, value: { data, status } };
    } finally {
      this.#pending.delete(receive);
    }
  }

  /** Ends the iteration; `for await` calls it on `break`. Steps that wait for a message end as well. */
  return(): Promise<IteratorResult<Received<T>, undefined>> {
    for (const receive of this.#pending) if (this.#source.cancel(receive)) receive.withdrawn();
    return Promise.resolve(this.#end());
  }

  #end(): IteratorReturnResult<undefined> {
    this.#ended = true;
    return { done: true, value: undefined };
  }
}
