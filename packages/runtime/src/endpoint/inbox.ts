import { Kind, WANTS_ACKNOWLEDGE, type Envelope } from "@tsmpi/protocol";
import { EAGER_BYTES, MESSAGE_OVERHEAD_BYTES } from "../flow/credit.js";
import { ANY, Matcher } from "../matching/matcher.js";
import type { Inbound, PostedReceive, SendOrder, Unfinished } from "./operation.js";
import { Outgoing } from "./outgoing.js";
import type { Wire } from "./wire.js";

/** Handshake numbers of one sender. */
const HANDSHAKES = 2 ** 32;

/** The receiving half of an endpoint: one matcher for each context. */
export class Inbox {
  readonly #matchers = new Map<number, Matcher<PostedReceive, Inbound>>();
  /** Receives that have matched an announced message whose payload is on its way. */
  readonly #cleared = new Map<number, PostedReceive>();

  constructor(private readonly wire: Wire) {}

  /** Posts a receive. Its `deliver` may be called before this returns. */
  receive(context: number, receive: PostedReceive): void {
    const message = this.#matcher(context).post(receive);
    if (message?.packet !== undefined) {
      this.#accept(receive, message);
      return;
    }
    this.wire.begin();
    if (message !== undefined) this.#accept(receive, message);
  }

  /** Withdraws a receive; false if it has already matched. */
  cancel(context: number, receive: PostedReceive): boolean {
    if (!this.#matcher(context).cancel(receive)) return false;
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
      charge: kind === Kind.REQUEST ? MESSAGE_OVERHEAD_BYTES : bytes + MESSAGE_OVERHEAD_BYTES,
      id: (flags & WANTS_ACKNOWLEDGE) === 0 ? undefined : id,
      onMatched: undefined,
    });
  }

  /** The payload of a message that was announced and has been cleared. */
  payload(envelope: Envelope, payload: Uint8Array): void {
    const { source, tag, id, format, flags } = envelope;
    const key = handshakeKey(source, id);
    const receive = this.#cleared.get(key);
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
      const own = { source, tag, context, bytes, packet: copy, charge: 0, id: undefined };
      this.#match({ ...own, onMatched: undefined });
      return undefined;
    }
    const outgoing = new Outgoing(order);
    const onMatched = () => outgoing.finish();
    this.#match({ source, tag, context, bytes, packet, charge: 0, id: undefined, onMatched });
    if (outgoing.done) return undefined;
    this.wire.begin();
    return outgoing.wait(() => this.wire.end());
  }

  /** Receives that have not been delivered. */
  *unfinished(): Iterable<Unfinished> {
    for (const [context, matcher] of this.#matchers) {
      for (const receive of matcher.receives()) yield describe(context, receive);
    }
    for (const receive of this.#cleared.values()) yield describe(0, receive);
  }

  /** Fails every receive for which `error` gives a reason. */
  fail(error: (source: number, operation: string) => Error | undefined): void {
    for (const [context, matcher] of this.#matchers) {
      for (const receive of matcher.receives()) {
        const reason = error(receive.source, receive.operation);
        if (reason !== undefined && this.cancel(context, receive)) receive.fail(reason);
      }
    }
    for (const [key, receive] of this.#cleared) {
      const reason = error(Math.floor(key / HANDSHAKES), receive.operation);
      if (reason === undefined) continue;
      this.#cleared.delete(key);
      this.wire.end();
      receive.fail(reason);
    }
  }

  #matcher(context: number): Matcher<PostedReceive, Inbound> {
    let matcher = this.#matchers.get(context);
    if (matcher === undefined) this.#matchers.set(context, (matcher = new Matcher()));
    return matcher;
  }

  #match(message: Inbound): void {
    const receive = this.#matcher(message.context).arrive(message);
    if (receive === undefined) return;
    this.#accept(receive, message);
    if (message.packet !== undefined) this.wire.end();
  }

  /** A receive and a message have found each other. */
  #accept(receive: PostedReceive, message: Inbound): void {
    const { source, tag, packet, id, onMatched } = message;
    if (source !== this.wire.rank) this.#answer(message);
    if (packet === undefined) this.#cleared.set(handshakeKey(source, id!), receive);
    else receive.deliver({ source, tag, packet });
    onMatched?.();
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

function describe(context: number, receive: PostedReceive): Unfinished {
  const { operation, source, tag } = receive;
  return {
    operation,
    peer: source === ANY ? undefined : source,
    tag: tag === ANY ? undefined : tag,
    context,
    key: receive,
  };
}
