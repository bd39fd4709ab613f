import { MPIError, type FailedRanks } from "@tsmpi/protocol";
import type { TransportOpener } from "../transport/transport.js";
import { Agreements } from "./agreements.js";
import { Arrivals } from "./arrivals.js";
import { Audiences } from "./audiences.js";
import { Calls } from "./calls.js";
import { ContextOf, Contexts, firstContext } from "./contexts.js";
import { Departures } from "./departures.js";
import { Failures } from "./failures.js";
import { aloneForEver } from "./lonely.js";
import { Inbox } from "./inbox.js";
import { Matchers, type MatcherMaker } from "./matchers.js";
import { Meetings } from "./meetings.js";
import type { Inbound, Posted, PostedProbe, PostedReceive, SendOrder, Unfinished } from "./operation.js";
import { Outbox } from "./outbox.js";
import { Reception } from "./reception.js";
import { Shortcut } from "./shortcut.js";
import { Surroundings } from "./surroundings.js";
import { Wire } from "./wire.js";

/**
 * The corridor: the one place where sockets meet matching and flow control. One endpoint is one
 * rank; all its communicators share it and differ in their context.
 */
export class Endpoint {
  /** The context numbers that this rank may give out. */
  readonly contexts: Contexts;
  readonly calls: Calls;
  /** Who talks in which context. Messages may have come before their audience is known. */
  readonly audiences = new Audiences();
  /** Who has failed, and what has been revoked. */
  readonly failures: Failures;
  /** What ranks decide through the launcher. */
  readonly agreements: Agreements;
  /** What this rank waits for in memory that it shares with others. */
  readonly meetings: Meetings;
  readonly #wire: Wire;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #arrivals: Arrivals;
  readonly #departures: Departures;
  /** What the transport brings. */
  readonly reception: Reception;
  readonly #shortcut: Shortcut;
  #broken: Error | undefined;
  #closed = false;

  /**
   * @param opener undefined in a world of one, where there is nobody to talk to
   * @param newMatcher default: one that only matches
   */
  constructor(
    readonly rank: number,
    size: number,
    opener: TransportOpener | undefined,
    readonly surroundings = new Surroundings(),
    newMatcher?: MatcherMaker,
  ) {
    this.#wire = new Wire(rank, size, opener, () => this.reception);
    this.#outbox = new Outbox(this.#wire);
    this.#inbox = new Inbox(this.#wire, new Matchers(newMatcher));
    this.#arrivals = new Arrivals(this.#wire);
    this.failures = new Failures(rank, this.audiences);
    this.agreements = new Agreements(this.#wire);
    this.calls = new Calls(this.#wire, this.#inbox, this.failures);
    this.meetings = new Meetings(this.#wire, () => this.#departures.waiting());
    const parts = [this.#wire, this.#inbox, this.#outbox, this.meetings, this.calls, this.#arrivals] as const;
    this.#departures = new Departures(...parts, this.audiences, this.failures);
    this.reception = new Reception(...parts, this.#departures, this.failures, (cause) => this.#break(cause));
    this.#shortcut = new Shortcut(this.#wire, this.#inbox, this.#outbox, this.#arrivals, this.failures);
    this.contexts = new Contexts(rank, size);
  }

  /**
   * Sends a packet. Returns undefined if the packet's memory is free at once, else a promise for
   * that. The order of the calls is the matching order.
   */
  send(order: SendOrder): Promise<void> | undefined {
    if (this.#closed) throw this.#over();
    const refusal = this.failures.any ? this.#departures.refusal(order) : undefined;
    if (refusal !== undefined) return Promise.reject(refusal);
    if (order.dest === this.#wire.rank) return this.#inbox.sendToSelf(order);
    const pending = this.#outbox.send(order);
    if (pending !== undefined && this.#wire.peer(order.dest).silent) this.#departures.settle();
    return pending;
  }

  /** The short way for receives; undefined if there is none. */
  get shortcut(): Shortcut | undefined {
    return this.#closed ? undefined : this.#shortcut;
  }

  /** Posts a receive. Its `deliver` or `fail` may be called before this returns. */
  receive(context: number, receive: PostedReceive): void {
    if (this.#closed) throw this.#over();
    this.#inbox.receive(context, receive);
    this.#posted(receive.source, context);
  }

  /** Posts a probe. Its `found` or `fail` may be called before this returns. */
  probe(context: number, probe: PostedProbe): void {
    if (this.#closed) throw this.#over();
    this.#inbox.probe(context, probe);
    this.#posted(probe.source, context);
  }

  /** Gives a message that a probe has taken to a receive, as {@link receive}. At most once for a message. */
  open(message: Inbound, receive: PostedReceive): void {
    this.#inbox.openTaken(message, receive);
    this.#posted(message.source, message.context);
  }

  /** Withdraws a receive or probe; false if it has already matched. */
  cancel(context: number, posted: Posted): boolean {
    return this.#inbox.cancel(context, posted);
  }

  /**
   * Gives up a send that is not complete: its promise rejects with `reason`, now or when the receiver
   * has said that no receive had matched it; if one had, it completes.
   */
  withdraw(order: SendOrder, reason: Error): void {
    if (order.dest === this.#wire.rank)
      this.#inbox.withdrawOwn((other) => (other === order ? reason : undefined));
    else this.#outbox.withdraw(order, reason);
  }

  /** These ranks have left (see `Peer.departed`): what only they could complete fails. */
  departed(sent: Readonly<Record<number, number | null>>): void {
    this.#departures.departed(sent);
  }

  /** These ranks have failed: what needs them fails, and all collectives of communicators they are in. */
  failed(ranks: FailedRanks): void {
    this.#departures.failed(ranks);
  }

  /** World rank `by` has revoked the communicator with this first context: all that is pending there fails. */
  revoked(context: number, by: number): void {
    this.#departures.revoked(context, by);
  }

  /** Frames exchanged with each rank, of those with which there were any; `due`: see `Peer.due`. */
  counts(which: "sent" | "received" | "due"): Record<number, number> {
    return this.#wire.counts(which);
  }

  /**
   * From now on messages of the user in this context are dropped as if they had been received, unless
   * a receive waits for them. Resolves when this rank's own sends in it are complete.
   */
  drain(context: number): Promise<void> {
    this.#inbox.drain(context);
    return this.#outbox.settled(context);
  }

  /** Waits for this many frames from a rank, or until it has left and no more will come. */
  arrived(rank: number, frames: number): Promise<void> | undefined {
    return this.#arrivals.until(this.#wire.peer(rank), frames);
  }

  /**
   * Forgets the contexts of a communicator; receives and probes still posted in them fail.
   *
   * @param alone without the other members: what comes from them later is dropped, and the contexts are
   * never used again
   */
  retire(context: number, reason: (operation: string) => Error, alone = false): void {
    for (const offset of Object.values(ContextOf)) {
      this.#inbox.retire(context + offset, reason);
      if (alone) this.#inbox.drain(context + offset);
      this.calls.retire(context + offset);
    }
    this.meetings.fail((wait) =>
      firstContext(wait.context) === context ? reason(wait.operation) : undefined,
    );
    this.audiences.delete(context);
    if (!alone) this.contexts.release(context);
  }

  /** Operations that have been called and are not complete. */
  *unfinished(): Iterable<Unfinished> {
    yield* this.#inbox.unfinished();
    yield* this.#outbox.unfinished();
    yield* this.meetings.unfinished();
    yield* this.agreements.unfinished();
  }

  /** Messages that are here and nobody has received, those of collectives included. */
  unreceived(): Inbound[] {
    return this.#inbox.messages();
  }

  /** In a world of one: calls back, each time, when something begins to wait. */
  onWaitingAlone(callback: () => void): void {
    this.#wire.onWaitingAlone = callback;
  }

  /** Nothing more will happen in this process: what waits in a world of one waits for ever, and fails. */
  failAlone(): void {
    this.#inbox.fail((_peer, operation) => aloneForEver(operation));
    this.#inbox.withdrawOwn(({ operation }) => aloneForEver(operation));
  }

  /** Calls back when nothing is unfinished any more. */
  onceIdle(callback: () => void): void {
    this.#wire.onceIdle(callback);
  }

  /** Sends another frame to each rank of another host that has been sent something: see `Wire.confirm`. */
  confirm(): void {
    const { hosts } = this.surroundings;
    this.#wire.confirm((rank) => hosts !== undefined && hosts[rank] !== hosts[this.#wire.rank]);
  }

  /** Before the process ends for good: tells the others what they wait to hear. */
  returnOwed(): void {
    this.#wire.returnOwed();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Throws ERR_COMM when communication has ended. */
  checkOpen(): void {
    if (this.#closed) throw this.#over();
  }

  /** The end of communication: what is called afterwards throws ERR_COMM. */
  close(): void {
    this.#closed = true;
    this.#wire.close();
  }

  /** Nothing goes any more. */
  #break(cause: Error): void {
    this.#broken = cause;
    const reason = (_peer: number, operation: string) =>
      new MPIError("ERR_OTHER", `the link to the other ranks failed: ${cause.message}`, {
        rank: this.#wire.rank,
        operation,
        cause,
      });
    this.#inbox.fail(reason);
    this.#outbox.fail(reason);
    this.meetings.fail(({ operation }) => reason(0, operation));
  }

  #posted(source: number, context: number): void {
    if (this.#broken !== undefined) this.#break(this.#broken);
    else this.#departures.posted(source, context);
  }

  #over(): MPIError {
    return new MPIError(
      "ERR_COMM",
      "this rank has called finalize(); nothing can be sent or received after it",
    );
  }
}
