import type { PendingOperation, RankState } from "@tsmpi/protocol";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Unfinished } from "../endpoint/operation.js";

const TICK_MS = 1000;
const MOST_REPORTED = 8;

/**
 * Looks once a second at what has not completed, so that no operation pays for a clock or a timer:
 * an operation seen at two ticks has waited for more than a second, and the agent is told.
 */
export class Watch {
  /** When each operation was first seen, in milliseconds. */
  #since = new Map<object, number>();
  #told = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly onBlocked: (state: RankState) => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What this rank is waiting for, oldest first. */
  state(finalizing: boolean): RankState {
    const now = performance.now();
    const pending: PendingOperation[] = [];
    for (const operation of this.endpoint.unfinished()) {
      pending.push(describe(operation, (now - (this.#since.get(operation.key) ?? now)) / 1e3));
    }
    pending.sort((a, b) => b.seconds - a.seconds);
    return { pending: pending.slice(0, MOST_REPORTED), finalizing };
  }

  #tick(): void {
    const now = performance.now();
    const since = new Map<object, number>();
    let blocked = false;
    for (const { key } of this.endpoint.unfinished()) {
      const seen = this.#since.get(key);
      if (seen !== undefined) blocked = true;
      since.set(key, seen ?? now);
    }
    this.#since = since;
    if (!blocked || this.#told) return;
    this.#told = true; // the agent keeps us informed from now on
    this.onBlocked(this.state(false));
  }
}

function describe({ operation, peer, tag }: Unfinished, seconds: number): PendingOperation {
  return {
    operation,
    ...(peer === undefined ? {} : { peer }),
    ...(tag === undefined ? {} : { tag }),
    seconds,
  };
}
