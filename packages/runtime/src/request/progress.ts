import { noteFailure } from "./unheard.js";

/** How far an operation is, and whether the user has been told. */
export class Progress {
  done = false;
  failed = false;
  /** Why it has failed. */
  error: unknown;
  /** The completion has been told: the request is no longer active. */
  told = false;
  /** Somebody has looked and found it done. */
  seen = false;
  /** Somebody waits, and is told as soon as it completes. */
  awaited = false;
  /** Made when somebody watches: few requests are watched. */
  #watchers: Set<() => void> | undefined;

  constructor(operation: Promise<unknown> | undefined) {
    this.done = operation === undefined;
    // Also marks a rejection as handled: it belongs to whoever waits, however late.
    operation?.then(
      () => this.#settle(),
      (error: unknown) => {
        this.failed = true;
        this.error = error;
        this.#settle();
        if (!this.heard) noteFailure(this);
      },
    );
  }

  /** Somebody knows how it has ended, or is going to. */
  get heard(): boolean {
    return this.told || this.seen || this.awaited;
  }

  watch(watcher: () => void): void {
    (this.#watchers ??= new Set()).add(watcher);
  }

  unwatch(watcher: () => void): void {
    this.#watchers?.delete(watcher);
  }

  #settle(): void {
    this.done = true;
    this.told = this.awaited;
    for (const watcher of [...(this.#watchers ?? [])]) watcher();
  }
}

/** Waits until one of these is done; not at all if there is none. Leaves nothing behind with the others. */
export function oneOf(several: readonly Progress[]): Promise<void> | undefined {
  if (several.length === 0 || several.some(({ done }) => done)) return undefined;
  return new Promise((resolve) => {
    const watcher = () => {
      for (const progress of several) progress.unwatch(watcher);
      resolve();
    };
    for (const progress of several) progress.watch(watcher);
  });
}
