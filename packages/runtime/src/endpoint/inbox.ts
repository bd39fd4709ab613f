import { Kind, WANTS_ACKNOWLEDGE, type Envelope } from "@tsmpi/protocol";
import { EAGER_BYTES, MESSAGE_OVERHEAD_BYTES } from "../flow/credit.js";
import { ANY, Matcher } from "../matching/matcher.js";
import type { Inbound, Posted, PostedProbe, PostedReceive, SendOrder, Unfinished } from "./operation.js";
import { Outgoing } from "./outgoing.js";
import type { Wire } from "./wire.js";

/** Handshake numbers of one sender. */
const HANDSHAKES = 2 ** 32;

const NOBODY: PostedReceive = {
  source: ANY,
  tag: ANY,
  operation: "free",
  deliver: () => {},
  fail: () => {},
};

interface Cleared {
  readonly context: number;
  readonly receive: PostedReceive;
}

/** The receiving half of an endpoint: one matcher for each context. */
export class Inbox {
  readonly #matchers = new Map<number, Matcher<Posted, Inbound>>();
  /** Receives that have matched an announced message whose payload is on its way. */
  readonly #cleared = new Map<number, Cleared>();
  /** Sends of this rank to itself that have not matched. */
  readonly #own = new Set<Outgoing>();
  /** Contexts in which nothing can be received any more. */
  readonly #draining = new Set<number>();

  constructor(private readonly wire: Wire) {}

  /** Posts a receive. Its `deliver` may be called before this returns. */
  receive(context: number, receive: PostedReceive): void {
    const message = this.#matcher(context).post(receive);
    if (message === undefined) this.wire.begin();
    else this.open(message, receive);
  }

  /** Posts a probe. Its `found` may be called before this returns. */
  probe(context: number, probe: PostedProbe): void {
    const matcher = this.#matcher(context);
    const message = probe.probe === "take" ? matcher.take(probe) : matcher.peek(probe);
    if (message !== undefined) {
      tell(probe, message);
      return;
    }
    matcher.post(probe);
    this.wire.begin();
  }

  /** Gives a message that has been taken out of matching to a receive. Its `deliver` may be called before this returns. */
  open(message: Inbound, receive: PostedReceive): void {
    if (message.packet === undefined) this.wire.begin();
    this.#accept(receive, message);
  }

  /** Withdraws a receive or probe; false if it has already matched. */
  cancel(context: number, posted: Posted): boolean {
    if (!this.#matcher(context).cancel(posted)) return false;
    this.wire.end();
    return true;
  }

  /** A message, or its announcement, has arrived. */
  arrive(envelope: Envelope, payload: Uint8Array | undefined): void {
    const { source, context, tag, format, bytes, flags, id, kind } = envelope;
    this.#match({
      source,
      tag,
      context,
      bytes,
      packet: payload === undefined ? undefined : { format, bytes: payload, owned: true },
      charge: kind === Kind.REQUEST ? 0 : bytes + MESSAGE_OVERHEAD_BYTES,
      id: (flags & WANTS_ACKNOWLEDGE) === 0 ? undefined : id,
      own: undefined,
      probed: false,
    });
  }

  /** The sender gives up a message: if nobody has matched or probed it, it is dropped, and the sender told. */
  giveUp({ source, tag, context, id }: Envelope): void {
    const message = this.#matcher(context).remove(
      { source, tag },
      (message) => message.id === id && !message.probed,
    );
    if (message === undefined) return;
    const peer = this.wire.peer(source);
    peer.credit.consume(message.charge);
    this.wire.signal(peer, Kind.WITHDRAWN, id);
  }

  /** The payload of a message that was announced and has been cleared. */
  payload(envelope: Envelope, payload: Uint8Array): void {
    const { source, tag, id, format, flags } = envelope;
    const key = handshakeKey(source, id);
    const receive = this.#cleared.get(key)?.receive;
    if (receive === undefined) return;
    this.#cleared.delete(key);
    if ((flags & WANTS_ACKNOWLEDGE) !== 0) this.wire.acknowledge(this.wire.peer(source), id);
    receive.deliver({ source, tag, packet: { format, bytes: payload, owned: true } });
    this.wire.end();
  }

  /** A message of this rank to itself; as for other ranks, but an eager one is copied, not sent. */
  sendToSelf(order: SendOrder): Promise<void> | undefined {
    const { context, tag, packet, synchronous, dest: source } = order;
    const bytes = packet.bytes.byteLength;
    const buffered = !synchronous && (packet.owned || bytes <= EAGER_BYTES);
    if (buffered) {
      const copy = packet.owned ? packet : { ...packet, bytes: packet.bytes.slice(), owned: true };
      // Written out: spreading an object of common parts costs a microsecond.
      this.#match({
        source,
        tag,
        context,
        bytes,
        packet: copy,
        charge: 0,
        id: undefined,
        own: undefined,
        probed: false,
      });
      return undefined;
    }
    const own = new Outgoing(order);
    this.#match({ source, tag, context, bytes, packet, charge: 0, id: undefined, own, probed: false });
    if (own.done) return undefined;
    this.#own.add(own);
    this.wire.begin();
    return own.wait(() => {
      this.#own.delete(own);
      this.wire.end();
    });
  }

  /** Fails a send of this rank to itself with `reason`, unless it has matched. */
  withdrawOwn(order: SendOrder, reason: Error): void {
    for (const own of this.#own) {
      if (own.order !== order) continue;
      const { context, dest: source, tag } = order;
      const message = this.#matcher(context).remove(
        { source, tag },
        (message) => message.own === own && !message.probed,
      );
      if (message !== undefined) own.fail(reason);
      return;
    }
  }

  /** Receives that have not been delivered, probes that wait, and sends of this rank to itself. */
  *unfinished(): Iterable<Unfinished> {
    for (const [context, matcher] of this.#matchers) {
      for (const posted of matcher.receives()) yield describe(context, posted);
    }
    for (const { context, receive } of this.#cleared.values()) yield describe(context, receive);
    for (const own of this.#own) {
      const { operation, dest, tag, context } = own.order;
      yield { operation, peer: dest, tag, context, key: own };
    }
  }

  /** From now on what nobody has received in this context is dropped as if it had been received. */
  drain(context: number): void {
    this.#draining.add(context);
    for (const message of this.#matcher(context).messages()) this.#drop(message);
  }

  /** Forgets a context: fails what is still posted in it and drops what nobody has received. */
  retire(context: number, reason: (operation: string) => Error): void {
    const matcher = this.#matcher(context);
    for (const posted of matcher.receives()) {
      if (this.cancel(context, posted)) posted.fail(reason(posted.operation));
    }
    this.drain(context);
    this.#draining.delete(context);
    this.#matchers.delete(context);
  }

  /** Fails every receive for which `error` gives a reason; `source` is a world rank or ANY. */
  fail(error: (source: number, operation: string, context: number) => Error | undefined): void {
    for (const [context, matcher] of this.#matchers) {
      for (const receive of matcher.receives()) {
        const reason = error(receive.source, receive.operation, context);
        if (reason !== undefined && this.cancel(context, receive)) receive.fail(reason);
      }
    }
    for (const [key, { context, receive }] of this.#cleared) {
      const reason = error(Math.floor(key / HANDSHAKES), receive.operation, context);
      if (reason === undefined) continue;
      this.#cleared.delete(key);
      this.wire.end();
      receive.fail(reason);
    }
  }

  #matcher(context: number): Matcher<Posted, Inbound> {
    let matcher = this.#matchers.get(context);
    if (matcher === undefined) this.#matchers.set(context, (matcher = new Matcher()));
    return matcher;
  }

  #match(message: Inbound): void {
    const matcher = this.#matcher(message.context);
    let posted = matcher.arrive(message);
    while (posted?.probe !== undefined) {
      tell(posted, message);
      this.wire.end();
      if (posted.probe === "take") return;
      posted = matcher.arrive(message);
    }
    if (posted === undefined) {
      if (this.#draining.has(message.context)) this.#drop(message);
      return;
    }
    this.#accept(posted, message);
    if (message.packet !== undefined) this.wire.end();
  }

  /** Takes a message out of matching for nobody: its sender gets credit and answer all the same. */
  #drop(message: Inbound): void {
    this.#matcher(message.context).take(message);
    this.open(message, NOBODY);
  }

  /** A receive and a message have found each other. */
  #accept(receive: PostedReceive, message: Inbound): void {
    const { source, tag, context, packet, id, own } = message;
    if (source !== this.wire.rank) this.#answer(message);
    if (packet === undefined) this.#cleared.set(handshakeKey(source, id!), { context, receive });
    else receive.deliver({ source, tag, packet });
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

function handshakeKey(source: number, id: number): number {
  return source * HANDSHAKES + id;
}

function tell(probe: PostedProbe, message: Inbound): void {
  message.probed = true;
  probe.found(message);
}

function describe(context: number, posted: Posted): Unfinished {
  const { operation, source, tag } = posted;
  return {
    operation,
    peer: source === ANY ? undefined : source,
    tag: tag === ANY ? undefined : tag,
    context,
    key: posted,
  };
}
