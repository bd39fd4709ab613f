import { Kind, WANTS_ACKNOWLEDGE, type Envelope } from "@tsmpi/protocol";
import { EAGER_BYTES } from "../flow/credit.js";
import { Cleared } from "./cleared.js";
import { inboundOf, keep } from "./inbound.js";
import type { Matchers } from "./matchers.js";
import { NOBODY } from "./nobody.js";
import type { Inbound, Posted, PostedProbe, PostedReceive, SendOrder, Unfinished } from "./operation.js";
import { Outgoing } from "./outgoing.js";
import { OwnSends } from "./own.js";
import { Taken } from "./taken.js";
import { unfinished } from "./unfinished.js";
import type { Wire } from "./wire.js";

/** The receiving half of an endpoint: one matcher for each context. */
export class Inbox {
  readonly #cleared = new Cleared();
  readonly #own: OwnSends;
  /** Contexts in which nothing can be received any more. */
  readonly #draining = new Set<number>();
  /** Calls of collectives, by context and tag, that have failed: what comes for them is dropped. */
  readonly #abandoned = new Map<number, Set<number>>();
  readonly #taken = new Taken();

  constructor(
    private readonly wire: Wire,
    private readonly matchers: Matchers,
  ) {
    this.#own = new OwnSends(wire);
  }

  /** True if nothing waits in this context, neither receive nor message. */
  isIdle(context: number): boolean {
    return this.matchers.get(context)?.isEmpty ?? true;
  }

  /** Posts a receive. Its `deliver` may be called before this returns. */
  receive(context: number, receive: PostedReceive): void {
    const message = this.matchers.of(context).post(receive);
    if (message === undefined) this.wire.begin(true);
    else this.#open(message, receive);
  }

  /** Posts a probe. Its `found` may be called before this returns. */
  probe(context: number, probe: PostedProbe): void {
    const matcher = this.matchers.of(context);
    const message = probe.probe === "take" ? matcher.take(probe) : matcher.peek(probe);
    if (message !== undefined) {
      this.#taken.tell(probe, message);
      return;
    }
    matcher.post(probe);
    this.wire.begin();
  }

  /** Gives a message that a probe has taken out of matching to a receive. Its `deliver` may be called before this returns. */
  openTaken(message: Inbound, receive: PostedReceive): void {
    this.#taken.remove(message);
    this.#open(message, receive);
  }

  /** Withdraws a receive or probe; false if it has already matched. */
  cancel(context: number, posted: Posted): boolean {
    if (!this.matchers.of(context).cancel(posted)) return false;
    this.wire.end();
    return true;
  }

  /** A message, or its announcement, has arrived. */
  arrive(envelope: Envelope, payload: Uint8Array | undefined, owned: boolean): void {
    this.#match(inboundOf(envelope, payload, owned));
  }

  /** The sender gives up a message: if nobody has matched or probed it, it is dropped, and the sender told. */
  giveUp({ source, tag, context, id }: Envelope): void {
    const message = this.matchers
      .of(context)
      .remove({ source, tag }, (message) => message.id === id && !message.probed);
    if (message === undefined) return;
    const peer = this.wire.peer(source);
    peer.credit.consume(message.charge);
    this.wire.signal(peer, Kind.WITHDRAWN, id);
  }

  /** Where the payload of a message that is about to arrive belongs, if that is known. */
  place(message: Envelope): Uint8Array | undefined {
    const { kind, source, context, id } = message;
    if (kind === Kind.DATA) return this.#cleared.get(source, id)?.place?.(message);
    const posted = this.matchers.get(context)?.expected(message);
    return posted?.probe === undefined ? posted?.place?.(message) : undefined;
  }

  /** Drops what a rank has announced: it will never send it. */
  forget(source: number): void {
    for (const matcher of this.matchers.values()) {
      for (const message of matcher.messages()) {
        const isWaiting = message.source === source && message.packet === undefined;
        if (isWaiting) matcher.remove(message, (other) => other === message);
      }
    }
  }

  /** The payload of a message that was announced and has been cleared. */
  payload(envelope: Envelope, payload: Uint8Array, owned: boolean): void {
    const { source, tag, id, format, flags, signature, shape } = envelope;
    const receive = this.#cleared.take(source, id);
    if ((flags & WANTS_ACKNOWLEDGE) !== 0) this.wire.acknowledge(this.wire.peer(source), id);
    if (receive === undefined) return;
    receive.deliver({ source, tag, packet: { format, bytes: payload, owned }, signature, shape });
    this.wire.end();
  }

  /** A message of this rank to itself; as for other ranks, but an eager one is copied, not sent. */
  sendToSelf(order: SendOrder): Promise<void> | undefined {
    const { context, tag, packet, synchronous, dest: source, signature, shape } = order;
    const bytes = packet.bytes.byteLength;
    const buffered = !synchronous && (packet.owned || bytes <= EAGER_BYTES);
    const own = buffered ? undefined : new Outgoing(order);
    const copied = buffered && !packet.owned;
    // Written out: spreading an object of common parts costs a microsecond.
    this.#match({
      source,
      tag,
      context,
      bytes,
      packet: copied ? { ...packet, bytes: packet.bytes.slice(), owned: true } : packet,
      signature,
      shape,
      charge: 0,
      id: undefined,
      own,
      probed: false,
    });
    if (own === undefined || own.done) return undefined;
    return this.#own.wait(own);
  }

  /** Fails each send of this rank to itself for which there is a reason, unless it has matched. */
  withdrawOwn(reasonOf: (order: SendOrder) => Error | undefined): void {
    this.#own.withdraw(reasonOf, ({ context, dest: source, tag }, own) => {
      const is = (message: Inbound) => message.own === own && !message.probed;
      return this.matchers.of(context).remove({ source, tag }, is) !== undefined;
    });
  }

  /** Receives that have not been delivered, probes that wait, and sends of this rank to itself. */
  *unfinished(): Iterable<Unfinished> {
    for (const [context, matcher] of this.matchers) {
      for (const posted of matcher.receives()) yield unfinished(context, posted);
    }
    for (const { context, receive } of this.#cleared.all()) yield unfinished(context, receive);
    yield* this.#own.unfinished();
  }

  /** Messages that are here and nobody has received. */
  messages(): Inbound[] {
    return [...[...this.matchers.values()].flatMap((matcher) => matcher.messages()), ...this.#taken.all()];
  }

  /** From now on what nobody has received in this context is dropped as if it had been received. */
  drain(context: number): void {
    this.#draining.add(context);
    for (const message of this.matchers.of(context).messages()) this.#drop(message);
    for (const message of this.#taken.in(context)) this.openTaken(message, NOBODY);
  }

  /** Takes what nobody has received in a context out of it. */
  takeAll(context: number): Inbound[] {
    const matcher = this.matchers.of(context);
    const messages = matcher.messages();
    for (const message of messages) matcher.remove(message, (other) => other === message);
    return messages.filter(({ source }) => source !== this.wire.rank);
  }

  /** World ranks that receives with this tag wait for. */
  awaited(context: number, tag: number): number[] {
    const receives = this.matchers.get(context)?.receives() ?? [];
    return receives.filter((posted) => posted.tag === tag).map(({ source }) => source);
  }

  /** Messages with this tag that nobody has received. */
  unreceived(context: number, tag: number): Inbound[] {
    const messages = this.matchers.get(context)?.messages() ?? [];
    return messages.filter((message) => message.tag === tag);
  }

  /** Drops what has come from a rank with this tag. */
  dropFrom(source: number, context: number, tag: number): void {
    for (const message of this.unreceived(context, tag)) if (message.source === source) this.#drop(message);
  }

  /** A call of a collective has failed: returns its receives, and drops what comes for it from now on. */
  abandon(context: number, tag: number): PostedReceive[] {
    this.#abandoned.set(context, (this.#abandoned.get(context) ?? new Set()).add(tag));
    for (const message of this.unreceived(context, tag)) this.#drop(message);
    const held: PostedReceive[] = [];
    for (const posted of this.matchers.of(context).receives()) {
      if (posted.tag !== tag || posted.probe !== undefined) continue;
      if (this.cancel(context, posted)) held.push(posted);
    }
    for (const { source, id, context: where, receive } of this.#cleared.all()) {
      if (where !== context || receive.tag !== tag) continue;
      this.#cleared.take(source, id);
      this.wire.end();
      held.push(receive);
    }
    return held;
  }

  /** From now on messages with this tag belong to another call. */
  revive(context: number, tag: number): void {
    this.#abandoned.get(context)?.delete(tag);
  }

  /** Forgets a context: fails what is still posted in it and drops what nobody has received. */
  retire(context: number, reason: (operation: string) => Error): void {
    const matcher = this.matchers.of(context);
    for (const posted of matcher.receives()) {
      if (this.cancel(context, posted)) posted.fail(reason(posted.operation));
    }
    this.drain(context);
    this.#draining.delete(context);
    this.#abandoned.delete(context);
    this.matchers.delete(context);
  }

  /** Fails every receive for which `error` gives a reason; `source` is a world rank or ANY. */
  fail(error: (source: number, operation: string, context: number, tag: number) => Error | undefined): void {
    for (const [context, matcher] of this.matchers) {
      for (const receive of matcher.receives()) {
        const reason = error(receive.source, receive.operation, context, receive.tag);
        if (reason !== undefined && this.cancel(context, receive)) receive.fail(reason);
      }
    }
    for (const { source, id, context, receive } of this.#cleared.all()) {
      const reason = error(source, receive.operation, context, receive.tag);
      if (reason === undefined) continue;
      this.#cleared.take(source, id);
      this.wire.end();
      receive.fail(reason);
    }
  }

  #match(message: Inbound): void {
    const matcher = this.matchers.of(message.context);
    let posted = matcher.arrive(message);
    while (posted?.probe !== undefined) {
      this.#taken.tell(posted, message);
      this.wire.end();
      if (posted.probe === "take") return keep(message);
      posted = matcher.arrive(message);
    }
    if (posted === undefined) {
      const { context, tag } = message;
      keep(message);
      if (this.#draining.has(context) || this.#abandoned.get(context)?.has(tag) === true) this.#drop(message);
      return;
    }
    this.#accept(posted, message);
    if (message.packet !== undefined) this.wire.end();
  }

  /** Takes a message out of matching for nobody: its sender gets credit and answer all the same. */
  #drop(message: Inbound): void {
    this.matchers.of(message.context).take(message);
    this.#open(message, NOBODY);
  }

  #open(message: Inbound, receive: PostedReceive): void {
    if (message.packet === undefined) this.wire.begin();
    this.#accept(receive, message);
  }

  /** A receive and a message have found each other. */
  #accept(receive: PostedReceive, message: Inbound): void {
    const { source, tag, context, packet, signature, shape, id, own } = message;
    if (source !== this.wire.rank) this.#answer(message);
    if (packet === undefined) this.#cleared.add(source, id!, context, receive);
    else receive.deliver({ source, tag, packet, signature, shape });
    own?.finish();
  }

  /** Tells the sender what it waits for, and returns its credit. */
  #answer({ source, packet, id, charge }: Inbound): void {
    const peer = this.wire.peer(source);
    peer.credit.consume(charge);
    if (packet === undefined) this.wire.signal(peer, Kind.CLEAR, id!);
    else if (id !== undefined) this.wire.acknowledge(peer, id);
    else if (peer.credit.due) this.wire.returnSoon(peer);
  }
}
