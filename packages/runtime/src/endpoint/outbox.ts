import { Kind, WANTS_ACKNOWLEDGE } from "@tsmpi/protocol";
import { chooseRoute } from "../flow/route.js";
import type { SendOrder, Unfinished } from "./operation.js";
import { isNumbered } from "./contexts.js";
import { Outgoing } from "./outgoing.js";
import type { Peer } from "./peer.js";
import type { Wire } from "./wire.js";

const LAST_ID = 2 ** 32 - 1;

/** The sending half of an endpoint: messages to other ranks. */
export class Outbox {
  /** Sends by handshake number that wait for CLEAR, or to be acknowledged. */
  readonly #handshakes = new Map<number, Outgoing>();
  #nextId: number;

  /** @param firstId number of the first send that has to wait */
  constructor(
    private readonly wire: Wire,
    firstId = 1,
  ) {
    this.#nextId = firstId;
  }

  /** Returns undefined if the packet's memory is free at once, else a promise for that. */
  send(order: SendOrder): Promise<void> | undefined {
    const peer = this.wire.peer(order.dest);
    const { packet, synchronous } = order;
    const route = chooseRoute(packet.bytes.byteLength, peer.credit);
    if (route === "eager" && !synchronous) {
      this.#transmit(peer, Kind.EAGER, order, 0, 0);
      return undefined;
    }
    if (route === "push" && packet.owned && !synchronous) {
      this.#transmit(peer, Kind.PUSH, order, 0, 0);
      return undefined;
    }
    const outgoing = new Outgoing(order);
    const id = this.#newId();
    this.#handshakes.set(id, outgoing);
    const kind = route === "eager" ? Kind.EAGER : route === "push" ? Kind.PUSH : Kind.REQUEST;
    this.#transmit(peer, kind, order, WANTS_ACKNOWLEDGE, id);
    this.wire.begin();
    return outgoing.wait(() => this.wire.end());
  }

  /** The receiver of an announced message is ready for it. */
  clear(peer: Peer, id: number): void {
    const outgoing = this.#handshakes.get(id);
    if (outgoing === undefined) return;
    const { packet } = outgoing.order;
    const flags = packet.owned ? 0 : WANTS_ACKNOWLEDGE;
    this.#transmit(peer, Kind.DATA, outgoing.order, flags, id);
    if (packet.owned) this.acknowledge(id);
  }

  /** The message has matched and left our memory. */
  acknowledge(id: number): void {
    const outgoing = this.#handshakes.get(id);
    this.#handshakes.delete(id);
    outgoing?.finish();
  }

  /**
   * Gives up a send: it fails with `reason`, unless a receive has matched it. Only the receiver knows,
   * and is asked; until it answers nothing is decided.
   */
  withdraw(order: SendOrder, reason: Error): void {
    const peer = this.wire.peer(order.dest);
    for (const [id, outgoing] of this.#handshakes) {
      if (outgoing.order !== order || outgoing.withdrawal !== undefined) continue;
      outgoing.withdrawal = reason;
      const { context, tag } = order;
      peer.noteWithdrawal();
      this.wire.transmit(peer, undefined, Kind.WITHDRAW, 0, 0, context, tag, id);
      return;
    }
  }

  /** The receiver has dropped the message with this id. */
  withdrawn(id: number): void {
    const outgoing = this.#handshakes.get(id);
    this.#handshakes.delete(id);
    if (outgoing?.withdrawal !== undefined) outgoing.fail(outgoing.withdrawal);
  }

  /** Sends that are not complete. */
  *unfinished(): Iterable<Unfinished> {
    for (const outgoing of this.#handshakes.values()) {
      const { operation, dest, tag, context } = outgoing.order;
      const { site } = outgoing.order;
      yield {
        operation,
        peer: dest,
        tag: isNumbered(context) ? undefined : tag,
        context,
        site,
        key: outgoing,
      };
    }
  }

  /** Resolves when every send in this context that has been called is complete. */
  async settled(context: number): Promise<void> {
    for (const outgoing of [...this.#handshakes.values()]) {
      if (outgoing.order.context !== context || outgoing.done) continue;
      await new Promise<void>((resolve) => (outgoing.afterwards = resolve));
    }
  }

  /** Fails every send for which `error` gives a reason; `dest` is a world rank. */
  fail(error: (dest: number, operation: string, context: number) => Error | undefined): void {
    for (const [id, outgoing] of this.#handshakes) {
      const { dest, operation, context } = outgoing.order;
      const reason = error(dest, operation, context);
      if (reason === undefined) continue;
      this.#handshakes.delete(id);
      outgoing.fail(reason);
    }
  }

  /** The receiver has dropped the message with this id. */
  drop(id: number, reason: (operation: string) => Error): void {
    const outgoing = this.#handshakes.get(id);
    this.#handshakes.delete(id);
    outgoing?.fail(reason(outgoing.order.operation));
  }

  /** As `fail`, but the receivers are there and get what they ask for. */
  disown(error: (dest: number, operation: string, context: number) => Error | undefined): void {
    for (const outgoing of this.#handshakes.values()) {
      const { dest, operation, context } = outgoing.order;
      const reason = error(dest, operation, context);
      if (reason !== undefined) outgoing.disown(reason);
    }
  }

  /** Numbers have 32 bits in an envelope, where 0 is none; when they come round, an old send may still wait. */
  #newId(): number {
    let id;
    do {
      id = this.#nextId;
      this.#nextId = id === LAST_ID ? 1 : id + 1;
    } while (this.#handshakes.has(id));
    return id;
  }

  #transmit(peer: Peer, kind: number, order: SendOrder, flags: number, id: number): void {
    const { packet, context, tag, signature, shape } = order;
    const { bytes, format } = packet;
    const { byteLength } = bytes;
    const payload = kind === Kind.REQUEST ? undefined : bytes;
    this.wire.transmit(peer, payload, kind, format, flags, context, tag, id, byteLength, signature, shape);
  }
}
