import type { PendingOperation, RankState } from "@tsmpi/protocol";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Unfinished } from "../endpoint/operation.js";

const TICK_MS = 1000;
/** Blocked for this many ticks, a rank wants to hear of ranks that left. */
const PATIENCE_TICKS = 3;
const MOST_REPORTED = 8;

/** What a blocked rank does about it. */
export interface WatchEvents {
  /** An operation has waited for more than a second. */
  blocked(state: RankState): void;
  /** It has for several: somebody it needs may be gone. */
  suspicious(state: RankState): void;
  /** Nothing waits any more. Follows each `blocked`. */
  resumed(): void;
  /** Whether the agent asks at this moment where its ranks are. */
  isAsked(): boolean;
  asked(state: RankState): void;
}

/**
 * Looks once a second at what has not completed, so that no operation pays for a clock or a timer:
 * an operation seen at two ticks has waited for more than a second.
 */
export class Watch {
  /** When each operation was first seen, in milliseconds. */
  #since = new Map<object, number>();
  #blockedTicks = 0;
  #finalizing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly events: WatchEvents,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  stop(): void {
    this.#finalizing = true;
    clearInterval(this.#timer);
  }

  /** What this rank is waiting for, oldest first. */
  state(): RankState {
    const now = performance.now();
    const pending: PendingOperation[] = [];
    for (const operation of this.endpoint.unfinished()) {
      pending.push(describe(operation, (now - (this.#since.get(operation.key) ?? now)) / 1e3));
    }
    pending.sort((a, b) => b.seconds - a.seconds);
    return { pending: pending.slice(0, MOST_REPORTED), finalizing: this.#finalizing };
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
    if (this.events.isAsked()) this.events.asked(this.state());
    if (!blocked) return;
    this.endpoint.calls.inquire();
    this.#blockedTicks++;
    if (this.#blockedTicks === 1) {
      this.events.blocked(this.state());
      this.endpoint.onceIdle(() => this.#resumed());
    } else if (this.#blockedTicks === PATIENCE_TICKS) {
      this.events.suspicious(this.state());
    }
  }

  #resumed(): void {
    this.#blockedTicks = 0;
    this.events.resumed();
  }
}

function describe({ operation, peer, tag, site }: Unfinished, seconds: number): PendingOperation {
  return {
    operation,
    ...(peer === undefined ? {} : { peer }),
    ...(tag === undefined ? {} : { tag }),
    ...(site === undefined ? {} : { place: site.place }),
    seconds,
  };
}
