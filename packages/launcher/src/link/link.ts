import type { Duplex } from "node:stream";
import { isUnacknowledged } from "./acknowledgement.js";
import { FrameReader, encodeHead, type ByteStream } from "./frames.js";

/** A side that has said nothing for this long is lost; each says something several times as often. */
const SILENCE_MS = 6_000;
const BEAT_MS = 1_500;

/** What happens on a link. */
export interface LinkEvents<In> {
  message(message: In): void;
  /** Bytes of a rank's stream; they may be a part of what the other side sent at once. */
  bytes(stream: ByteStream, rank: number, bytes: Uint8Array): void;
  /** Nothing more will come. Called once. */
  closed(reason: string): void;
}

/**
 * Messages and bytes of ranks' streams between a launcher and an agent, in order, over one
 * connection. Both sides say something every few seconds, so that the loss of a host or a cable
 * shows, where TCP alone would wait for a quarter of an hour.
 */
export class Link<Out extends object, In> {
  readonly #stream: Duplex;
  #events: LinkEvents<In>;
  #messages: Out[] = [];
  #heard = performance.now();
  #beaten = performance.now();
  #patient = false;
  #closed = false;
  #ended = false;
  #silent = false;
  #unreachable = false;
  readonly #beat: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;

  constructor(stream: Duplex, events: LinkEvents<In>) {
    this.#stream = stream;
    this.#events = events;
    const reader = new FrameReader({
      messages: (messages) => {
        for (const message of messages) this.#events.message(message as In);
      },
      bytes: (kind, rank, bytes) => this.#events.bytes(kind, rank, bytes),
    });
    stream.on("data", (chunk: Buffer) => {
      this.#heard = performance.now();
      this.#patient = false;
      try {
        reader.push(chunk);
      } catch (error) {
        this.close(`it said something that cannot be understood (${(error as Error).message})`);
      }
    });
    stream.on("error", (error) => this.close(error.message));
    stream.on("end", () => this.close("the connection has ended"));
    stream.on("close", () => this.close("the connection has ended"));
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
    this.#awaitSign();
  }

  /** From now on events go elsewhere. */
  handOver(events: LinkEvents<In>): void {
    this.#events = events;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** True when it was closed for want of a sign of life. */
  get silent(): boolean {
    return this.#silent;
  }

  /** True when it is silent because its host, or the way to it, is gone. A process there may also have been stopped. */
  get unreachable(): boolean {
    return this.#unreachable;
  }

  /** True when this side has ended the connection after all had been said. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Sends a message; those of one turn of the event loop travel together. */
  send(message: Out): void {
    if (this.#messages.push(message) === 1) setImmediate(() => this.#flush());
  }

  /** Sends bytes of a rank's stream; they must not change any more. */
  sendBytes(stream: ByteStream, rank: number, bytes: Uint8Array): void {
    this.#flush();
    if (this.#closed) return;
    this.#stream.write(encodeHead(stream, rank, bytes.byteLength));
    this.#stream.write(bytes);
  }

  /** The other side is going to be silent until it speaks again: its process is being stopped. */
  bePatient(): void {
    this.#patient = true;
  }

  /** Sends what is queued and ends the connection. */
  end(): void {
    this.#flush();
    this.#stop();
    this.#ended = true;
    this.#stream.end();
  }

  /** Drops the connection. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#stop();
    this.#stream.destroy();
    this.#events.closed(reason);
  }

  #stop(): void {
    this.#closed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#deadline);
  }

  #flush(): void {
    if (this.#messages.length === 0) return;
    const text = Buffer.from(JSON.stringify(this.#messages.splice(0)));
    if (this.#closed) return;
    this.#stream.write(encodeHead("messages", 0, text.byteLength));
    this.#stream.write(text);
  }

  #tick(): void {
    const now = performance.now();
    // A process that has been stopped, or starved, must not blame the others for its own silence.
    if (now - this.#beaten > 2 * BEAT_MS) this.#heard = now;
    this.#beaten = now;
    this.#stream.write(encodeHead("messages", 0, 0));
  }

  /** Looks again when the other side is due, after what has come by then has been read. */
  #awaitSign(): void {
    const due = this.#patient ? BEAT_MS : this.#heard + SILENCE_MS - performance.now();
    this.#deadline = setTimeout(() => setImmediate(() => this.#judge()), due);
  }

  #judge(): void {
    if (this.#closed) return;
    if (this.#patient || performance.now() - this.#heard < SILENCE_MS) return this.#awaitSign();
    this.#silent = true;
    this.#unreachable = isUnacknowledged(this.#stream);
    this.close(`no sign of life for ${SILENCE_MS / 1e3} s`);
  }
}
