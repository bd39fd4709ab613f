import { ENVELOPE_BYTES, Kind, isJoined, writeEnvelope } from "@tsmpi/protocol";
import { windowBytes } from "../flow/credit.js";
import type { Receiver, Transport, TransportOpener, Waiting } from "../transport/transport.js";
import { Peer } from "./peer.js";

/**
 * The transport as the two halves of an endpoint see it: opened at the first need, listening only
 * while an operation is outstanding, every frame counted and carrying the credit owed to its peer.
 */
export class Wire {
  readonly peers: (Peer | undefined)[] = [];
  #transport: Transport | undefined;
  #outstanding = 0;
  readonly #returning: Peer[] = [];
  #onIdle: (() => void) | undefined;
  /** Called when something waits that only this rank itself could complete. */
  onWaitingAlone: (() => void) | undefined;

  /** @param opener undefined in a world of one, where there is nobody to talk to */
  constructor(
    readonly rank: number,
    readonly size: number,
    private readonly opener: TransportOpener | undefined,
    private readonly receiver: () => Receiver,
  ) {}

  peer(rank: number): Peer {
    return (this.peers[rank] ??= new Peer(rank, windowBytes(this.size)));
  }

  /**
   * An operation has to wait. Each call is followed by one of `end`.
   *
   * @param now it may end before this returns
   */
  begin(now = false): void {
    if (this.#outstanding++ > 0) return;
    if (this.opener !== undefined) this.#open().listen(now);
    else this.onWaitingAlone?.();
  }

  /** Operations that wait. */
  get outstanding(): number {
    return this.#outstanding;
  }

  end(): void {
    if (--this.#outstanding > 0) return;
    this.#transport?.idle();
    this.#onIdle?.();
    this.#onIdle = undefined;
  }

  /** A rank has gone, and may have been about to wake this one: what others have sent meanwhile is looked for. */
  rouse(): void {
    if (this.#outstanding > 0) this.#transport?.listen();
  }

  /** Calls back when the last outstanding operation has ended; a later call replaces an earlier one. */
  onceIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /**
   * Tells the peer that its message has matched. What this rank sends next to that peer takes it
   * along; if nothing does before the program waits again, a frame of its own.
   */
  acknowledge(peer: Peer, id: number): void {
    if (peer.acknowledging !== 0) this.signal(peer, Kind.RETURN, 0);
    peer.acknowledging = id;
    this.returnSoon(peer);
  }

  /** Sends what is owed to the peer, unless another frame does so before the program waits again. */
  returnSoon(peer: Peer): void {
    if (this.#returning.push(peer) > 1) return;
    this.begin(); // the process must not end before
    queueMicrotask(this.#returnAfterMicrotasks);
  }

  /** A tick that a microtask asks for comes when all microtasks have run: the program has had its say. */
  readonly #returnAfterMicrotasks = (): void => process.nextTick(this.#returnAll);

  readonly #returnAll = (): void => {
    this.returnOwed();
    this.end();
  };

  /** Sends what is owed now, whatever else may go there. */
  returnOwed(): void {
    for (const peer of this.#returning.splice(0)) {
      if (peer.acknowledging !== 0 || peer.credit.due) this.signal(peer, Kind.RETURN, 0);
    }
  }

  /**
   * Sends an envelope to each peer, of those chosen, that has been sent something since the last one: if a
   * connection broke and took the last message along, this shows its receiver that one is missing.
   */
  confirm(chosen: (rank: number) => boolean): void {
    for (const peer of this.peers) {
      if (peer === undefined || peer.sent === peer.confirmed || !chosen(peer.rank)) continue;
      this.signal(peer, Kind.RETURN, 0);
      peer.confirmed = peer.sent;
    }
  }

  /** Frames exchanged with each peer, where there were any. */
  counts(which: "sent" | "received" | "due"): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const peer of this.peers) {
      if (peer !== undefined && peer[which] > 0) counts[peer.rank] = peer[which];
    }
    return counts;
  }

  /** Sends an envelope alone. */
  signal(peer: Peer, kind: number, id: number): void {
    peer.noteIdle();
    this.transmit(peer, undefined, kind, 0, 0, 0, 0, id);
  }

  /** Sends an envelope, with the payload if there is one. */
  transmit(
    peer: Peer,
    payload: Uint8Array | undefined,
    kind: number,
    format: number,
    flags: number,
    context: number,
    tag: number,
    id: number,
    bytes = payload === undefined ? 0 : payload.byteLength,
    signature = 0,
    shape = 0,
  ): void {
    const acknowledged = peer.acknowledging;
    peer.acknowledging = 0;
    const envelope = {
      kind,
      format,
      flags,
      source: this.rank,
      context,
      tag,
      sequence: peer.sent++,
      id,
      bytes,
      credit: peer.credit.takeOwed(),
      acknowledged,
      signature,
      shape,
    };
    const transport = this.#open();
    if (transport.put?.(peer.rank, envelope, payload) === true) return;
    if (payload !== undefined && isJoined(kind)) {
      const frame = Buffer.allocUnsafe(ENVELOPE_BYTES + bytes);
      frame.set(payload, ENVELOPE_BYTES);
      writeEnvelope(frame, envelope);
      transport.send(peer.rank, frame);
      return;
    }
    const head = Buffer.allocUnsafe(ENVELOPE_BYTES);
    writeEnvelope(head, envelope);
    transport.send(peer.rank, head, payload);
  }

  /** The next message of a peer, if it lies in memory: see `Transport.peek`. */
  peek(rank: number): Waiting | undefined {
    return this.#transport?.peek?.(rank);
  }

  get boards(): Transport["boards"] {
    return this.opener === undefined ? undefined : this.#open().boards;
  }

  close(): void {
    this.#transport?.close();
  }

  #open(): Transport {
    return (this.#transport ??= this.opener!(this.receiver()));
  }
}
