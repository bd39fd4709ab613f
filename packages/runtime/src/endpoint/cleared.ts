import type { PostedReceive } from "./operation.js";

/** Handshake numbers of one sender. */
const HANDSHAKES = 2 ** 32;

/** A receive that has matched an announced message whose payload is on its way. */
export interface ClearedReceive {
  /** World rank of the sender. */
  readonly source: number;
  /** Number of the handshake. */
  readonly id: number;
  readonly context: number;
  readonly receive: PostedReceive;
}

/** Those receives, by sender and handshake. */
export class Cleared {
  readonly #receives = new Map<number, ClearedReceive>();

  add(source: number, id: number, context: number, receive: PostedReceive): void {
    this.#receives.set(keyOf(source, id), { source, id, context, receive });
  }

  get(source: number, id: number): PostedReceive | undefined {
    return this.#receives.get(keyOf(source, id))?.receive;
  }

  /** Takes the receive out; undefined if it has failed meanwhile. */
  take(source: number, id: number): PostedReceive | undefined {
    const key = keyOf(source, id);
    const receive = this.#receives.get(key)?.receive;
    this.#receives.delete(key);
    return receive;
  }

  all(): ClearedReceive[] {
    return [...this.#receives.values()];
  }
}

function keyOf(source: number, id: number): number {
  return source * HANDSHAKES + id;
}
