import type { SendOrder } from "./operation.js";

/** A send that could not be completed inside its call. */
export class Outgoing {
  /** Why the sender has asked the receiver to drop the message, if it has. */
  withdrawal: Error | undefined;
  /** Called after the end, however it ends. */
  afterwards: (() => void) | undefined;
  #done = false;
  #resolve: (() => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  #onEnd: (() => void) | undefined;

  constructor(readonly order: SendOrder) {}

  get done(): boolean {
    return this.#done;
  }

  /** A promise for the end; `onEnd` is called first, however it ends. At most one call. */
  wait(onEnd: () => void): Promise<void> {
    this.#onEnd = onEnd;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The packet's memory is free again. */
  finish(): void {
    this.#done = true;
    this.#onEnd?.();
    this.#resolve?.();
    this.afterwards?.();
  }

  /** Its user is told that it has failed; the receiver may still ask for the message, and gets it. */
  disown(error: Error): void {
    this.#reject?.(this.order.site?.locate(error) ?? error);
  }

  fail(error: Error): void {
    this.#done = true;
    this.#onEnd?.();
    this.#reject?.(this.order.site?.locate(error) ?? error);
    this.afterwards?.();
  }
}
