import { ENVELOPE_BYTES, Kind, isJoined, isWhole, readEnvelope, type Envelope } from "@tsmpi/protocol";
import type { Receiver } from "../transport/transport.js";
import type { Arrivals } from "./arrivals.js";
import type { Calls } from "./calls.js";
import type { Departures } from "./departures.js";
import type { Failures } from "./failures.js";
import type { Inbox } from "./inbox.js";
import type { Meetings } from "./meetings.js";
import type { Outbox } from "./outbox.js";
import type { Wire } from "./wire.js";

/** Where what the transport brings is told apart. */
export class Reception implements Receiver {
  constructor(
    private readonly wire: Wire,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly meetings: Meetings,
    private readonly calls: Calls,
    private readonly arrivals: Arrivals,
    private readonly departures: Departures,
    private readonly failures: Failures,
    private readonly onBroken: (cause: Error) => void,
  ) {}

  /** Called by the transport while somebody waits. */
  look(): boolean {
    return this.meetings.look();
  }

  /** Asked by the transport while somebody waits. */
  get patient(): boolean {
    return this.meetings.alone;
  }

  /** Called by the transport before a large message. */
  place(envelope: Envelope): Uint8Array | undefined {
    return this.inbox.place(envelope);
  }

  /** Called by the transport with each message that has come in frames. */
  message(head: Uint8Array, payload: Uint8Array | undefined): void {
    if (head.byteLength < ENVELOPE_BYTES) return;
    const envelope = readEnvelope(head);
    if (envelope.source >= this.wire.size || !isWhole(envelope, head.byteLength, payload?.byteLength)) return;
    this.accept(envelope, isJoined(envelope.kind) ? head.subarray(ENVELOPE_BYTES) : payload, true);
  }

  /** Called by the transport before it has the payload of a large message, if nobody waits for that one. */
  hear({ acknowledged, source }: Envelope): void {
    if (acknowledged !== 0 && !this.failures.has(source)) this.outbox.acknowledge(acknowledged);
  }

  /** Called by the transport with each message, whole and of a rank of this world. */
  accept(envelope: Envelope, payload: Uint8Array | undefined, owned: boolean): void {
    if (this.failures.any && this.failures.has(envelope.source)) return;
    const peer = this.wire.peer(envelope.source);
    if (envelope.sequence !== peer.received >>> 0) return this.#interrupted(peer.rank);
    peer.received++;
    if (envelope.acknowledged !== 0) this.outbox.acknowledge(envelope.acknowledged);
    peer.credit.refill(envelope.credit);
    if (this.failures.any && this.departures.refuses(envelope)) return;
    switch (envelope.kind) {
      case Kind.EAGER:
      case Kind.PUSH:
      case Kind.REQUEST:
        if (envelope.signature !== 0) this.calls.check(envelope);
        this.inbox.arrive(envelope, payload, owned);
        break;
      case Kind.CLEAR:
        this.outbox.clear(peer, envelope.id);
        break;
      case Kind.DATA:
        if (payload !== undefined) this.inbox.payload(envelope, payload, owned);
        break;
      case Kind.WITHDRAW:
        this.inbox.giveUp(envelope);
        break;
      case Kind.WITHDRAWN:
        this.outbox.withdrawn(envelope.id);
        break;
      case Kind.CALL:
        this.calls.hear(envelope, payload!);
        break;
      case Kind.REVOKED:
        this.departures.refused(envelope);
        break;
    }
    this.arrivals.check();
    if (peer.silent) this.departures.settle();
  }

  /** Called by the transport: nothing goes any more. */
  broken(cause: Error): void {
    this.onBroken(cause);
  }

  /** ZeroMQ connects again by itself, and does not say what went down with the connection. */
  #interrupted(peer: number): void {
    this.onBroken(
      new Error(`a message of rank ${peer} was lost on its way; the connection between the hosts broke`),
    );
  }
}
