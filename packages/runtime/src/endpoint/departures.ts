import { Kind, MPIError, type Envelope, type FailedRanks } from "@tsmpi/protocol";
import { UNDEFINED } from "../constants.js";
import { MESSAGE_OVERHEAD_BYTES } from "../flow/credit.js";
import { ANY } from "../matching/matcher.js";
import type { Arrivals } from "./arrivals.js";
import type { Audiences } from "./audiences.js";
import type { Calls } from "./calls.js";
import { ContextOf, firstContext, isNumbered } from "./contexts.js";
import type { Failures } from "./failures.js";
import type { Inbox } from "./inbox.js";
import type { Meetings } from "./meetings.js";
import type { SendOrder } from "./operation.js";
import type { Outbox } from "./outbox.js";
import type { Wire } from "./wire.js";

/**
 * What becomes of operations when ranks have left or failed, or a communicator has been revoked: those
 * that can never complete fail.
 */
export class Departures {
  #someLeft = false;

  constructor(
    private readonly wire: Wire,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly meetings: Meetings,
    private readonly calls: Calls,
    private readonly arrivals: Arrivals,
    private readonly audiences: Audiences,
    private readonly failures: Failures,
  ) {}

  /** These ranks have finished: see `Peer.departed`. */
  departed(sent: Readonly<Record<number, number | null>>): void {
    this.#someLeft = true;
    for (const [rank, count] of Object.entries(sent)) this.wire.peer(Number(rank)).departed = count;
    this.settle();
    this.wire.rouse();
  }

  /** These ranks have failed: nothing of them is taken any more, whatever is still on its way. */
  failed(ranks: FailedRanks): void {
    let news = false;
    for (const [name, how] of Object.entries(ranks)) {
      const rank = Number(name);
      if (rank === this.wire.rank || !this.failures.add(rank, how)) continue;
      news = true;
      this.wire.peer(rank).departed = null;
      this.inbox.forget(rank);
      for (const [context, audience] of this.audiences.all()) {
        if (audience.rankOf(rank) !== UNDEFINED) this.inbox.drain(context + ContextOf.COLLECTIVES);
      }
    }
    if (!news) return;
    this.#someLeft = true;
    this.calls.failBroken();
    this.settle();
    this.wire.rouse();
  }

  /** A rank has revoked the communicator with this first context. */
  revoked(context: number, by: number): void {
    if (!this.failures.revoke(context, by)) return;
    this.calls.failBroken();
    this.#failRevoked(context);
    for (const offset of Object.values(ContextOf)) {
      for (const message of this.inbox.takeAll(context + offset))
        this.#drop(message, message.charge, message.id);
    }
  }

  /** True if a message has come on a revoked communicator: its sender is told, and it is dropped. */
  refuses(message: Envelope): boolean {
    if (message.kind > Kind.REQUEST || !this.failures.isRevoked(message.context)) return false;
    this.#drop(
      message,
      message.kind === Kind.REQUEST ? 0 : message.bytes + MESSAGE_OVERHEAD_BYTES,
      message.id,
    );
    return true;
  }

  /** Another rank has refused a message of this one. */
  refused({ id, context, tag }: Envelope): void {
    this.revoked(context, tag);
    this.outbox.drop(id, (operation) => this.failures.revocation(context, operation));
  }

  /** Why there is no point in sending; undefined: there may be. To be asked if `failures.any`. */
  refusal({ dest, context, operation }: SendOrder): Error | undefined {
    if (this.failures.isRevoked(context)) return this.failures.revocation(context, operation);
    if (!this.failures.has(dest)) return undefined;
    return this.failures.failure(dest, operation, this.audiences.of(context));
  }

  /** A receive or probe has been posted, and may wait in vain. */
  posted(source: number, context: number): void {
    if (this.failures.any && this.failures.isRevoked(context)) this.#failRevoked(firstContext(context));
    else if (source === ANY ? this.#someLeft : this.wire.peers[source]?.silent === true) this.settle();
  }

  /** Something waits for others on a board, and may do so in vain. */
  waiting(): void {
    if (this.#someLeft) this.settle();
  }

  /** Fails what can never complete. */
  settle(): void {
    this.arrivals.check();
    this.inbox.fail((source, operation, context, tag) => {
      if (source === this.wire.rank) return undefined;
      if (source === ANY) return this.#ofAnybody(operation, context, tag);
      return this.#ofPeer(source, operation, context, without(operation, context, tag));
    });
    this.outbox.fail((dest, operation, context) =>
      this.#ofPeer(dest, operation, context, "without receiving what this rank sends"),
    );
    this.meetings.fail((wait) => {
      const { operation, context, tag } = wait;
      const gone = wait.missing().find((rank) => this.wire.peer(rank).silent);
      if (gone === undefined) return undefined;
      return this.#ofPeer(gone, operation, context, without(operation, context, tag));
    });
  }

  #drop(
    { source, context }: { source: number; context: number },
    charge: number,
    id: number | undefined,
  ): void {
    const peer = this.wire.peer(source);
    peer.credit.consume(charge);
    const by = this.failures.revokedBy(context)!;
    peer.noteIdle();
    this.wire.transmit(peer, undefined, Kind.REVOKED, 0, 0, firstContext(context), by, id ?? 0);
  }

  #failRevoked(communicator: number): void {
    const reason = (_peer: number, operation: string, context: number) =>
      firstContext(context) === communicator ? this.failures.revocation(context, operation) : undefined;
    this.inbox.fail(reason);
    this.inbox.withdrawOwn(({ dest, operation, context }) => reason(dest, operation, context));
    this.outbox.disown(reason);
  }

  #ofPeer(peer: number, operation: string, context: number, what: string): Error | undefined {
    if (!this.wire.peer(peer).silent) return undefined;
    if (this.failures.has(peer)) return this.failures.failure(peer, operation, this.audiences.of(context));
    return this.#gone(peer, operation, context, what);
  }

  #ofAnybody(operation: string, context: number, tag: number): Error | undefined {
    const failed = this.failures.any ? this.failures.unacknowledged(context) : undefined;
    if (failed !== undefined) return this.failures.failure(failed, operation, this.audiences.of(context));
    if (!this.#isLastOf(context)) return undefined;
    return this.#gone(ANY, operation, context, without(operation, context, tag));
  }

  /** True when a context has other ranks and all have left and are silent. */
  #isLastOf(context: number): boolean {
    const audience = this.audiences.of(context);
    if (audience === undefined || audience.size === 1) return false;
    for (let rank = 0; rank < audience.size; rank++) {
      const worldRank = audience.worldRankOf(rank);
      if (worldRank !== this.wire.rank && !this.wire.peer(worldRank).silent) return false;
    }
    return true;
  }

  /** An error in the numbers of the context's communicator. */
  #gone(peer: number, operation: string, context: number, what: string): MPIError {
    const audience = this.audiences.of(context);
    const rankOf = (worldRank: number) => audience?.rankOf(worldRank) ?? worldRank;
    const also = rankOf(peer) === peer ? "" : ` (world rank ${peer})`;
    const who = peer === ANY ? "every other rank has" : `rank ${rankOf(peer)}${also} has`;
    const how = peer === ANY && this.failures.any ? "finished or failed" : "finished";
    return new MPIError("ERR_PROC_FAILED", `${who} ${how} ${what}`, {
      rank: rankOf(this.wire.rank),
      peer: peer === ANY ? undefined : rankOf(peer),
      operation,
    });
  }
}

/** What a rank should have done before it finished. It may have called a collective and not waited for it. */
function without(operation: string, context: number, tag: number): string {
  if (context !== firstContext(context)) {
    const all = isNumbered(context) ? "every rank" : "every rank of the group";
    return `without taking part in this ${operation} to the end; ${all} must call ${operation} and await it`;
  }
  const which = tag === ANY ? "" : ` (tag ${tag})`;
  return `without sending what this rank waits for${which}; check destinations and tags of the sends, and await them`;
}
