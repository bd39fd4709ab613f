import type { Envelope } from "@tsmpi/protocol";
import type { CallSite } from "../call-site.js";
import type { ReceiveBuffer } from "../codec/decode.js";
import type { Packet } from "../codec/packet.js";

/** A receive that has been posted. Ranks are world ranks. */
export interface PostedReceive {
  readonly probe?: undefined;
  readonly source: number;
  readonly tag: number;
  /** Name of the call as the user wrote it. */
  readonly operation: string;
  /** Where the user called it, if that is known. */
  readonly site?: CallSite | undefined;
  /** The user's array that it is to fill, if there is one. */
  readonly into?: ReceiveBuffer | undefined;
  /**
   * Where the payload of a message that would match now is wanted, if the receive has a place for it. Only one message
   * gets it, and always as the same object: payloads of others may come meanwhile, and one of those may match.
   */
  place?(message: Envelope): Uint8Array | undefined;
  /**
   * The payload is here, in memory of its own or for as long as the call takes. Called once, unless `fail` is. Must not
   * throw.
   */
  deliver(delivery: Delivery): void;
  /** The message will never come. */
  fail(error: Error): void;
}

/** A probe that has been posted: it is told of a message instead of getting its payload. */
export interface PostedProbe {
  /** `peek` leaves the message to whoever comes next, `take` keeps it for `Endpoint.open`. */
  readonly probe: "peek" | "take";
  readonly source: number;
  readonly tag: number;
  readonly operation: string;
  readonly site?: CallSite | undefined;
  /** A message that fits is here, or has been announced. Called once, unless `fail` is. Must not throw. */
  found(message: Inbound): void;
  /** No message that fits will ever come. */
  fail(error: Error): void;
}

/** What waits for a message. */
export type Posted = PostedReceive | PostedProbe;

/** What a receive gets. */
export interface Delivery {
  readonly source: number;
  readonly tag: number;
  readonly packet: Packet;
  readonly signature: number;
  readonly shape: number;
}

/** A message that has arrived, or announced itself, on its way through matching. */
export interface Inbound {
  readonly source: number;
  readonly tag: number;
  readonly context: number;
  /** Size of the payload, known even while it is still at the sender. */
  readonly bytes: number;
  /** Undefined while the payload is still at the sender. Not owned: its memory is lent until the message has been matched. */
  packet: Packet | undefined;
  /** Of which call of a collective: see the envelope. */
  readonly signature: number;
  readonly shape: number;
  /** Credit that its sender paid for it. */
  readonly charge: number;
  /** Handshake number, if the sender waits to hear that this has matched. */
  readonly id: number | undefined;
  /** For a message of this rank to itself: the send that waits until it has matched. */
  readonly own: OwnSend | undefined;
  /** A probe has told of it: somebody counts on it, and its sender can no longer give it up. */
  probed: boolean;
}

/** A send of this rank to itself that is not complete. */
export interface OwnSend {
  readonly order: SendOrder;
  finish(): void;
}

/** What to send. `dest` is a world rank. */
export interface SendOrder {
  readonly context: number;
  readonly dest: number;
  readonly tag: number;
  readonly packet: Packet;
  /** Name of the call as the user wrote it. */
  readonly operation: string;
  /** Complete only when a receive has matched, however small the message (ssend). */
  readonly synchronous: boolean;
  /** Of which call of a collective; both 0 for the user's messages. */
  readonly signature: number;
  /** Of a message of the user's it may be given a number of the sender's own. */
  shape: number;
  /** Where the user called it, known once it has to wait. */
  site?: CallSite | undefined;
}

/** An operation that has been called and is not complete. */
export interface Unfinished {
  readonly operation: string;
  /** World rank; undefined for any source. */
  readonly peer: number | undefined;
  /** World ranks that it waits for as well. */
  readonly others?: readonly number[];
  readonly tag: number | undefined;
  readonly context: number;
  readonly site: CallSite | undefined;
  /** Identity of the operation, to recognise it the next time one looks. */
  readonly key: object;
}
