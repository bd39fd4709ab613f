import { Kind, WANTS_ACKNOWLEDGE, type Envelope } from "@tsmpi/protocol";
import { MESSAGE_OVERHEAD_BYTES } from "../flow/credit.js";
import { ANY } from "../matching/matcher.js";
import type { Waiting } from "../transport/transport.js";
import type { Arrivals } from "./arrivals.js";
import type { Failures } from "./failures.js";
import type { Inbox } from "./inbox.js";
import type { Outbox } from "./outbox.js";
import type { Wire } from "./wire.js";

/**
 * The short way of a message: a receive that finds it in memory, where nothing else could match either of them, takes it
 * from there without being posted. What this has to do is what matching would have done.
 */
export class Shortcut {
  #waiting: Waiting | undefined;

  constructor(
    private readonly wire: Wire,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly arrivals: Arrivals,
    private readonly failures: Failures,
  ) {}

  /**
   * The envelope of the message that a receive would match, if it is here; undefined if the receive is to be posted.
   * The message stays until `take`, and nothing else must happen before.
   *
   * @param source world rank or ANY
   */
  find(context: number, source: number, tag: number): Envelope | undefined {
    if (source === ANY || this.failures.any || this.arrivals.awaited || !this.inbox.isIdle(context))
      return undefined;
    const peer = this.wire.peer(source);
    if (peer.departed !== undefined) return undefined;
    const waiting = this.wire.peek(source);
    if (waiting === undefined) return undefined;
    const envelope = waiting.envelope();
    const isIt =
      envelope.kind === Kind.EAGER &&
      envelope.context === context &&
      (envelope.tag === tag || tag === ANY) &&
      envelope.signature === 0 &&
      envelope.sequence === peer.received >>> 0;
    if (!isIt) return undefined;
    this.#waiting = waiting;
    return envelope;
  }

  /** The payload of the message found, in memory that is its own until `take`. */
  payload(): Uint8Array {
    return this.#waiting!.payload()!;
  }

  /** The message found has been received. */
  take({ source, acknowledged, credit, bytes, flags, id }: Envelope): void {
    const peer = this.wire.peer(source);
    this.#waiting!.shift();
    peer.received++;
    if (acknowledged !== 0) this.outbox.acknowledge(acknowledged);
    peer.credit.refill(credit);
    peer.credit.consume(bytes + MESSAGE_OVERHEAD_BYTES);
    if ((flags & WANTS_ACKNOWLEDGE) !== 0) this.wire.acknowledge(peer, id);
    else if (peer.credit.due) this.wire.returnSoon(peer);
  }
}
