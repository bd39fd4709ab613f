import type { Envelope } from "@tsmpi/protocol";
import type { CallSite } from "../call-site.js";
import { decode, decodeInto, placeIn, type ReceiveBuffer } from "../codec/decode.js";
import { ownPacket, type Packet } from "../codec/packet.js";
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from "../constants.js";
import type { Delivery, PostedReceive } from "../endpoint/operation.js";
import type { Status } from "../status.js";
import type { Members } from "./members.js";

/** What is known of a message from PROC_NULL. */
export const NULL_STATUS: Status = { source: PROC_NULL, tag: ANY_TAG, bytes: 0, cancelled: false };

/** A user's receive: completes with the decoded value. */
export class ValueReceive<T> implements PostedReceive {
  status: Status | undefined;
  /** Where it was called, if it had to wait. */
  site: CallSite | undefined;
  /** The promise is settled, or about to be. */
  settled = false;
  readonly promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: Error) => void;
  /** The message that has been given a place in `into`. */
  #placed: Envelope | undefined;
  #place: Uint8Array | undefined;

  /** @param source world rank or ANY */
  constructor(
    readonly operation: string,
    readonly source: number,
    readonly tag: number,
    private readonly members: Members,
    readonly into: ReceiveBuffer | undefined,
    private readonly explain: (error: unknown, source: number, site: CallSite | undefined) => Error,
  ) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  place(message: Envelope): Uint8Array | undefined {
    if (this.into === undefined) return undefined;
    const placed = this.#placed;
    if (placed !== undefined) {
      const isSame = placed.source === message.source && placed.sequence === message.sequence;
      return isSame ? this.#place : undefined;
    }
    const place = placeIn(this.into, message.format, message.bytes);
    if (place === undefined) return undefined;
    this.#placed = message;
    return (this.#place = place);
  }

  deliver({ source, tag, packet }: Delivery): void {
    this.settled = true;
    const rank = this.members.rankOf(source);
    this.status = { source: rank, tag, bytes: packet.bytes.byteLength, cancelled: false };
    try {
      const value = this.into === undefined ? decode(packet) : decodeInto(packet, this.into, rank, tag);
      this.#resolve(value as T);
    } catch (error) {
      this.#reject(this.explain(error, rank, this.site));
    }
  }

  fail(error: Error): void {
    this.settled = true;
    this.#reject(this.site?.locate(error) ?? error);
  }

  /** The receive has been withdrawn before it matched. */
  withdrawn(): void {
    const source = this.source === ANY_SOURCE ? ANY_SOURCE : this.members.rankOf(this.source);
    this.status = { source, tag: this.tag, bytes: 0, cancelled: true };
    this.#resolve(undefined as T);
  }
}

/** The call that a collective's receive belongs to. */
export interface ReceivingCall {
  readonly sequence: number;
  readonly site: CallSite | undefined;
  /** False if the message belongs to another call; the receive then fails some time. */
  takes(receive: PacketReceive, delivery: Delivery): boolean;
}

/** A collective's receive: completes with the packet as it came. */
export class PacketReceive implements PostedReceive {
  readonly promise: Promise<Packet>;
  readonly tag: number;
  readonly #call: ReceivingCall;
  #resolve!: (packet: Packet) => void;
  #reject!: (error: Error) => void;

  /** @param source world rank */
  constructor(
    call: ReceivingCall,
    readonly operation: string,
    readonly source: number,
  ) {
    this.#call = call;
    this.tag = call.sequence;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get site(): CallSite | undefined {
    return this.#call.site;
  }

  deliver(delivery: Delivery): void {
    if (this.#call.takes(this, delivery)) this.#resolve(ownPacket(delivery.packet));
  }

  fail(error: Error): void {
    this.promise.catch(() => {}); // an algorithm may have several, and waits for one at a time
    this.#reject(error);
  }
}
