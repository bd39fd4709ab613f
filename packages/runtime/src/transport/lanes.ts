import { ENVELOPE_BYTES, SEQUENCE_AT, isWhole, readEnvelope, type Envelope } from "@tsmpi/protocol";
import { Greeting, readGreeting, type Offer } from "./shared/greeting.js";
import type { Inbound } from "./shared/inbound.js";
import type { Outbound } from "./shared/outbound.js";
import { SharedBoards } from "./shared/boards.js";
import { Shared } from "./shared/shared.js";
import type { Receiver, Transport, TransportOpener, Waiting } from "./transport.js";

export interface LanesOptions {
  readonly rank: number;
  /** Number of ranks of this host. */
  readonly localSize: number;
  /** The job's directory. */
  readonly directory: string;
  /** True for ranks of this host. */
  readonly isLocal: (rank: number) => boolean;
  /** What a pair must have sent before it gets memory; by default as much as pays. */
  readonly after?: number | undefined;
  /** Number of cores that ranks of this host may use. */
  readonly cores: () => number;
  /** Hears, as often as it happens, why there is no memory: messages go on the first lane, then. */
  readonly declined?: (reason: Error) => void;
}

const SOURCE_AT = 4;
/** Wakes a rank that sleeps; shorter than anything else that is sent. */
const BELL = Buffer.alloc(2);
/** What a pair must have sent before a ring pays: so many small messages, or as much in large ones. */
const RING_PAYS_AFTER = 32;
const BYTES_LIKE_A_MESSAGE = 16_384;

/** What this rank knows of one it sends to. */
class Way {
  frames = 0;
  /** How much a ring would have been worth; infinite when there will be none. */
  worth: number;
  ring: Outbound | undefined;

  constructor(isLocal: boolean) {
    this.worth = isLocal ? 0 : -Infinity;
  }
}

/**
 * Two lanes: everything begins on the first, which reaches everybody. A pair of ranks of one host with
 * traffic gets a ring in memory beside it (docs/design/shared-memory.md). What finds no room in the
 * ring goes by the first lane; the sequence in the envelope keeps the order.
 */
export function withSharedMemory(open: TransportOpener, options: LanesOptions): TransportOpener {
  return (receiver) => new Lanes(open, options, receiver);
}

class Lanes implements Transport {
  readonly boards: SharedBoards;
  readonly #options: LanesOptions;
  readonly #after: number;
  readonly #receiver: Receiver;
  readonly #first: Transport;
  readonly #ways: (Way | undefined)[] = [];
  readonly #inbound: (Inbound | undefined)[] = [];
  #shared: Shared | undefined;
  #wanted = false;
  /** The first lane listens. */
  #listening = false;
  #stopping = false;

  constructor(open: TransportOpener, options: LanesOptions, receiver: Receiver) {
    this.#options = options;
    this.#after = options.after ?? RING_PAYS_AFTER;
    this.#receiver = receiver;
    const { directory, declined } = options;
    this.boards = new SharedBoards({
      shared: () => this.#open(),
      attend: () => this.#attend(),
      directory,
      attention: () => this.#shared!.attention!,
      ring: (rank) => this.#first.send(rank, BELL),
      cores: options.cores,
      declined,
    });
    this.#first = open({
      place: (envelope) => receiver.place(envelope),
      hear: (envelope) => receiver.hear(envelope),
      accept: (envelope, payload, owned) => receiver.accept(envelope, payload, owned),
      message: (head, payload) => this.#arrive(head, payload),
      broken: (error) => receiver.broken(error),
    });
  }

  send(dest: number, head: Uint8Array, payload?: Uint8Array): void {
    const way = (this.#ways[dest] ??= new Way(this.#options.isLocal(dest)));
    way.frames++;
    if (way.ring === undefined) {
      this.#first.send(dest, head, payload);
      if (way.worth < this.#after) this.#count(dest, way, payload);
      return;
    }
    this.#first.send(dest, head, payload);
    way.ring.wake();
    this.#shared!.attention?.sent();
  }

  /** What is in the ring at once need not become a frame. */
  put(dest: number, envelope: Envelope, payload: Uint8Array | undefined): boolean {
    const ring = this.#ways[dest]?.ring;
    if (ring === undefined || !ring.put(envelope, payload)) return false;
    ring.wake();
    if (ring.pass()) this.#shared!.pass(ring);
    this.#shared!.attention?.sent();
    return true;
  }

  peek(source: number): Waiting | undefined {
    const inbound = this.#inbound[source];
    return inbound !== undefined && this.#shared!.attention!.meets(inbound) ? inbound : undefined;
  }

  listen(now = false): void {
    this.#wanted = true;
    if (!this.#listening) this.#first.listen();
    this.#listening = true;
    this.#shared?.attention?.begin(now);
  }

  /** The first lane goes on listening to the end of the turn: a program that communicates in a loop never stops it. */
  idle(): void {
    this.#wanted = false;
    this.#shared?.attention?.end();
    if (this.#stopping) return;
    this.#stopping = true;
    setImmediate(this.#stop);
  }

  close(): void {
    this.#shared?.attention?.end();
    this.#first.close();
  }

  readonly #stop = (): void => {
    this.#stopping = false;
    for (const way of this.#ways) way?.ring?.collect();
    if (this.#wanted || !this.#listening) return;
    this.#listening = false;
    this.#first.idle();
  };

  #count(dest: number, way: Way, payload: Uint8Array | undefined): void {
    way.worth += 1 + (payload === undefined ? 0 : payload.byteLength / BYTES_LIKE_A_MESSAGE);
    if (way.worth < this.#after) return;
    try {
      this.#first.send(dest, this.#open().offer(way.frames));
    } catch (error) {
      this.#options.declined?.(error as Error); // all stays on the first lane
    }
  }

  #open(): Shared {
    const { rank, localSize, directory, cores } = this.#options;
    return (this.#shared ??= new Shared({
      rank,
      directory,
      localSize,
      ranksPerCore: localSize / cores(),
      taker: this.#receiver,
      isWanted: () => this.#wanted,
      bell: (dest) => this.#first.send(dest, BELL),
    }));
  }

  #attend(): void {
    const shared = this.#open();
    shared.attend();
    if (this.#wanted) shared.attention!.begin(false);
  }

  /** The first lane has brought something. */
  #arrive(head: Uint8Array, payload: Uint8Array | undefined): void {
    if (head.byteLength < ENVELOPE_BYTES) return this.#greeted(head);
    const inbound = this.#inbound[wordAt(head, SOURCE_AT)];
    if (inbound === undefined) return this.#receiver.message(head, payload);
    if (!isWhole(readEnvelope(head), head.byteLength, payload?.byteLength)) return;
    inbound.arrive(wordAt(head, SEQUENCE_AT), head, payload);
    this.#shared!.attention!.stir();
  }

  #greeted(frame: Uint8Array): void {
    const greeting = readGreeting(frame);
    if (greeting === undefined) return this.#shared?.attention?.stir();
    try {
      if (greeting.kind === Greeting.OFFER) this.#accept(greeting);
      else this.#ways[greeting.rank]!.ring = this.#open().open(greeting);
    } catch (error) {
      this.#options.declined?.(error as Error); // there is no ring, then
    }
  }

  #accept(offer: Offer): void {
    const { inbound, answer } = this.#open().accept(offer);
    this.#inbound[offer.rank] = inbound;
    this.#first.send(offer.rank, answer);
    if (this.#wanted) this.#shared!.attention!.begin(false);
  }
}

function wordAt(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>>
    0
  );
}
