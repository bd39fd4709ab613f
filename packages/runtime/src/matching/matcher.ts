import { Fifo } from "./fifo.js";

/** Any source, or any tag, in a receive. */
export const ANY = -1;

/** What a receive asks for; either field may be ANY. */
export interface Pattern {
  readonly source: number;
  readonly tag: number;
}

/** Something with its place in the order of calls and arrivals. */
export interface Ordered<T> {
  readonly order: number;
  readonly item: T;
}

/**
 * Pairs receives with messages by MPI's rules (MPI 4.1, 3.5): of the receives that fit, a message
 * takes the one posted first; of the messages that fit, a receive takes the one that arrived first.
 *
 * A probe that waits is posted like a receive. When `arrive` returns one that only looks, the same
 * message arrives again: so probes and receives are served in the order of their calls.
 *
 * Pure: no socket, clock or process. One matcher serves one context.
 * Invariant: no message in `#unexpected` fits a receive in `#exact` or `#wild`.
 */
export class Matcher<Receive extends Pattern, Message extends Pattern> {
  readonly #exact = new Map<number, Fifo<Ordered<Receive>>>();
  #wild: Ordered<Receive>[] = [];
  readonly #unexpected = new Map<number, Fifo<Ordered<Message>>>();
  #order = 0;

  /** True if there is no receive and no message. */
  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#wild.length === 0 && this.#unexpected.size === 0;
  }

  /** Returns the message that this receive takes; without one the receive is remembered. */
  post(receive: Receive): Message | undefined {
    const key = this.#findMessage(receive);
    if (key !== undefined) return shift(this.#unexpected, key);
    const entry = { order: this.#order++, item: receive };
    if (receive.source === ANY || receive.tag === ANY) this.#wild.push(entry);
    else push(this.#exact, keyOf(receive), entry);
    return undefined;
  }

  /** The receive that would take this message now. It stays where it is. */
  expected(message: Pattern): Receive | undefined {
    const exact = this.#exact.get(keyOf(message))?.peek();
    return (this.#wildBefore(message, exact) ?? exact)?.item;
  }

  /** Returns the receive that takes this message; without one the message is remembered. */
  arrive(message: Message): Receive | undefined {
    const key = keyOf(message);
    const exact = this.#exact.get(key)?.peek();
    const wild = this.#wildBefore(message, exact);
    if (wild !== undefined) {
      this.#wild.splice(this.#wild.indexOf(wild), 1);
      return wild.item;
    }
    if (exact !== undefined) return shift(this.#exact, key);
    push(this.#unexpected, key, { order: this.#order++, item: message });
    return undefined;
  }

  /** The message a receive with this pattern would take now. It stays where it is. */
  peek(pattern: Pattern): Message | undefined {
    const key = this.#findMessage(pattern);
    return key === undefined ? undefined : this.#unexpected.get(key)?.peek()?.item;
  }

  /** Takes that message out of matching. */
  take(pattern: Pattern): Message | undefined {
    const key = this.#findMessage(pattern);
    return key === undefined ? undefined : shift(this.#unexpected, key);
  }

  /** Takes out of matching the message of exactly this source and tag that `is` tells; undefined if it is not here. */
  remove(from: Pattern, is: (message: Message) => boolean): Message | undefined {
    const key = keyOf(from);
    const queue = this.#unexpected.get(key);
    for (const entry of queue ?? []) {
      if (!is(entry.item)) continue;
      queue!.remove(entry);
      if (queue!.length === 0) this.#unexpected.delete(key);
      return entry.item;
    }
    return undefined;
  }

  /** Forgets a receive that has not matched; false if it is not here (any more). */
  cancel(receive: Receive): boolean {
    const wild = this.#wild.findIndex(({ item }) => item === receive);
    if (wild >= 0) {
      this.#wild.splice(wild, 1);
      return true;
    }
    const key = keyOf(receive);
    const queue = this.#exact.get(key);
    for (const entry of queue ?? []) {
      if (entry.item !== receive) continue;
      queue!.remove(entry);
      if (queue!.length === 0) this.#exact.delete(key);
      return true;
    }
    return false;
  }

  /** Receives that have not matched, in the order in which they were posted. */
  receives(): Receive[] {
    return inOrder([...this.#wild, ...[...this.#exact.values()].flatMap((queue) => [...queue])]);
  }

  /** Messages that nobody has received, in the order in which they arrived. */
  messages(): Message[] {
    return inOrder([...this.#unexpected.values()].flatMap((queue) => [...queue]));
  }

  /** Of each source and tag the message that arrived first, with its place in the order of arrivals. */
  protected heads(): Ordered<Message>[] {
    return [...this.#unexpected.values()].map((queue) => queue.peek()!);
  }

  /** The first wildcard that fits, if it was posted before `exact`. */
  #wildBefore(message: Pattern, exact: Ordered<Receive> | undefined): Ordered<Receive> | undefined {
    if (this.#wild.length === 0) return undefined;
    const wild = this.#wild.find(({ item }) => fits(item, message));
    return wild !== undefined && (exact === undefined || wild.order < exact.order) ? wild : undefined;
  }

  /** Key of the queue whose head is the earliest message that fits. */
  #findMessage(pattern: Pattern): number | undefined {
    if (pattern.source !== ANY && pattern.tag !== ANY) {
      const key = keyOf(pattern);
      return this.#unexpected.has(key) ? key : undefined;
    }
    let found: number | undefined;
    let earliest = Infinity;
    for (const [key, queue] of this.#unexpected) {
      const { order, item } = queue.peek()!;
      if (order >= earliest || !fits(pattern, item)) continue;
      found = key;
      earliest = order;
    }
    return found;
  }
}

/** One number for a pair of source (below 2^22) and tag (below 2^31). */
function keyOf({ source, tag }: Pattern): number {
  return source * 2 ** 31 + tag;
}

/** Whether a receive with this pattern may take this message. */
export function fits(receive: Pattern, message: Pattern): boolean {
  return (
    (receive.source === ANY || receive.source === message.source) &&
    (receive.tag === ANY || receive.tag === message.tag)
  );
}

function push<T>(queues: Map<number, Fifo<T>>, key: number, entry: T): void {
  const queue = queues.get(key);
  if (queue !== undefined) {
    queue.push(entry);
    return;
  }
  const fresh = new Fifo<T>();
  fresh.push(entry);
  queues.set(key, fresh);
}

/** Takes the head of a queue that is there. Empty queues go: tags of collectives never come back. */
function shift<T>(queues: Map<number, Fifo<Ordered<T>>>, key: number): T {
  const queue = queues.get(key)!;
  const { item } = queue.shift()!;
  if (queue.length === 0) queues.delete(key);
  return item;
}

function inOrder<T>(entries: Ordered<T>[]): T[] {
  return entries.sort((a, b) => a.order - b.order).map(({ item }) => item);
}
