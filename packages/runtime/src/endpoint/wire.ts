import { ENVELOPE_BYTES, writeEnvelope } from "@tsmpi/protocol";
import { windowBytes } from "../flow/credit.js";
import type { Receiver, Transport, TransportOpener } from "../transport/transport.js";
import { Peer } from "./peer.js";

/**
 * The transport as the two halves of an endpoint see it: opened at the first need, listening only
 * while an operation is outstanding, every frame counted and carrying the credit owed to its peer.
 */
export class Wire {
  readonly peers: (Peer | undefined)[] = [];
  #transport: Transport | undefined;
  #outstanding = 0;

  /** @param opener undefined in a world of one, where there is nobody to talk to */
  constructor(
    readonly rank: number,
    readonly size: number,
    private readonly opener: TransportOpener | undefined,
    private readonly receiver: Receiver,
  ) {}

  peer(rank: number): Peer {
    return (this.peers[rank] ??= new Peer(rank, windowBytes(this.size)));
  }

  /** An operation has to wait. Each call is followed by one of `end`. */
  begin(): void {
    if (this.#outstanding++ === 0 && this.opener !== undefined) this.#open().listen();
  }

  end(): void {
    if (--this.#outstanding === 0) this.#transport?.idle();
  }

  /** Sends an envelope alone. */
  signal(peer: Peer, kind: number, id: number): void {
    this.transmit(peer, Buffer.allocUnsafe(ENVELOPE_BYTES), undefined, kind, 0, 0, 0, 0, id, 0);
  }

  /** Fills in the envelope at the start of `head` and sends it, with the payload if there is one. */
  transmit(
    peer: Peer,
    head: Uint8Array,
    payload: Uint8Array | undefined,
    kind: number,
    format: number,
    flags: number,
    context: number,
    tag: number,
    id: number,
    bytes: number,
  ): void {
    writeEnvelope(head, {
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
    });
    this.#open().send(peer.rank, head, payload);
  }

  close(): void {
    this.#transport?.close();
  }

  #open(): Transport {
    return (this.#transport ??= this.opener!(this.receiver));
  }
}
