import type { Needs, PendingOperation, RankState } from "@tsmpi/protocol";
import { worldRanks, type Audience } from "../endpoint/audience.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Unfinished } from "../endpoint/operation.js";
import { waitingMessages } from "./leftovers.js";
import type { Work } from "./work.js";

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
    /** Of the world. */
    private readonly size: number,
    private readonly work: Work,
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
      pending.push(this.#describe(operation, (now - (this.#since.get(operation.key) ?? now)) / 1e3));
    }
    pending.sort((a, b) => b.seconds - a.seconds);
    return { pending: pending.slice(0, MOST_REPORTED), finalizing: this.#finalizing };
  }

  /** The same, with what it takes to tell whether this rank is stuck. */
  account(counted: boolean): RankState {
    const { endpoint } = this;
    const account = { ...this.state(), needs: this.#needs(), work: this.work.names() };
    if (!counted) return account;
    const traffic = { sent: endpoint.counts("sent"), received: endpoint.counts("received") };
    return { ...account, traffic, unreceived: waitingMessages(endpoint) };
  }

  #needs(): Needs {
    const ranks = new Set<number>();
    const groups = new Set<Audience | undefined>();
    for (const { peer, others = [], context } of this.endpoint.unfinished()) {
      const audience = this.endpoint.audiences.of(context);
      if (peer !== undefined) ranks.add(peer);
      else if (audience?.size === 1) ranks.add(audience.worldRankOf(0));
      else groups.add(audience);
      for (const other of others) ranks.add(other);
    }
    const isWorld = (group: Audience | undefined) => group === undefined || group.size === this.size;
    return {
      ranks: [...ranks],
      groups: [...groups].map((group) => (isWorld(group) ? [] : worldRanks(group!))),
    };
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
    this.work.mark();
    this.endpoint.calls.inquire();
    this.#blockedTicks++;
    if (this.#blockedTicks === 1) {
      this.events.blocked(this.state());
      this.endpoint.onceIdle(() => this.#resumed());
    } else if (this.#blockedTicks === PATIENCE_TICKS) {
      this.events.suspicious(this.state());
    }
  }

  #describe({ operation, peer, tag, site, context }: Unfinished, seconds: number): PendingOperation {
    const communicator = this.endpoint.audiences.nameOf(context);
    return {
      operation,
      ...(peer === undefined ? {} : { peer }),
      ...(tag === undefined ? {} : { tag }),
      ...(communicator === undefined || communicator === "world" ? {} : { communicator }),
      ...(site === undefined ? {} : { place: site.place }),
      seconds,
    };
  }

  #resumed(): void {
    this.#blockedTicks = 0;
    this.events.resumed();
  }
}
