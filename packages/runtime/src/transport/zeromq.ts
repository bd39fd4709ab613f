import { LONGEST_SOCKET_PATH } from "@tsmpi/protocol";
import {
  ContextOption,
  SocketOption,
  SocketType,
  loadLibzmq,
  type Libzmq,
  type ZmqSocket,
} from "./libzmq.js";
import type { Receiver, Transport, TransportOpener } from "./transport.js";

/** Tells where a rank receives; calls back once, at once if it is already known. */
export type Locator = (rank: number, found: (endpoint: string) => void) => void;

export interface ZeromqOptions {
  /** Number of ranks in the world, for the number of sockets that may be needed. */
  readonly size: number;
  /** Unix socket to receive on; it must not exist. */
  readonly socketPath: string;
  readonly locate: Locator;
  /** Where a rank receives, if that can be told without waiting. */
  readonly known: (rank: number) => string | undefined;
  /** Called when this rank listens and others may connect. */
  readonly onListening: () => void;
}

type Frames = readonly [head: Uint8Array, payload: Uint8Array | undefined];

/** Time between attempts to connect to a rank that does not listen yet: doubled up to the second figure. */
const RECONNECT_MS = 10;
const RECONNECT_MAX_MS = 100;
/** How long a process that is about to end waits for ranks that do not listen yet. */
const SETTLE_MS = 10_000;
const WAKE_ENDPOINT = "inproc://tsmpi-wake";

/**
 * One Pull socket that everybody sends to, one Push socket for each rank this one has sent to.
 * High-water marks are off because memory is bounded by credit (flow/), so a send never waits; with
 * a send timeout of 0 zeromq.js performs it inside the call, and the promise it returns needs no look.
 */
export function zeromqTransport(options: ZeromqOptions): TransportOpener {
  return (receiver) => new ZeromqTransport(options, receiver);
}

class ZeromqTransport implements Transport {
  readonly #options: ZeromqOptions;
  readonly #receiver: Receiver;
  readonly #libzmq: Libzmq;
  readonly #pull: ZmqSocket;
  readonly #lanes: (ZmqSocket | Frames[] | undefined)[] = [];
  #wake: ZmqSocket | undefined;
  #wanted = false;
  #receiving = false;
  #closed = false;

  constructor(options: ZeromqOptions, receiver: Receiver) {
    if (Buffer.byteLength(options.socketPath) > LONGEST_SOCKET_PATH) {
      throw new Error(`the socket path ${options.socketPath} is longer than ${LONGEST_SOCKET_PATH} bytes`);
    }
    this.#options = options;
    this.#receiver = receiver;
    this.#libzmq = loadLibzmq();
    const { context } = this.#libzmq;
    context.setBoolOption(ContextOption.BLOCKY, false);
    const sockets = options.size + 16;
    if (sockets > context.getInt32Option(ContextOption.MAX_SOCKETS)) {
      context.setInt32Option(ContextOption.MAX_SOCKETS, sockets);
    }
    this.#pull = new this.#libzmq.Socket(SocketType.PULL);
    this.#pull.setInt32Option(SocketOption.LINGER, 0);
    this.#pull.setInt32Option(SocketOption.RECEIVE_HIGH_WATER_MARK, 0);
    this.#pull.bindSync(`ipc://${options.socketPath}`);
    this.#pull.bindSync(WAKE_ENDPOINT);
    options.onListening();
  }

  send(dest: number, head: Uint8Array, payload?: Uint8Array): void {
    const lane = this.#lanes[dest] ?? this.#openLane(dest);
    if (Array.isArray(lane)) lane.push([head, payload]);
    else transmit(lane, head, payload);
  }

  listen(): void {
    this.#wanted = true;
    if (!this.#receiving && !this.#closed) this.#receive();
  }

  idle(): void {
    this.#wanted = false;
    if (this.#receiving) setImmediate(this.#wakeIfIdle);
  }

  settle(): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    const deadline = performance.now() + SETTLE_MS;
    while (this.#lanes.some((lane) => Array.isArray(lane)) && performance.now() < deadline) {
      for (const [dest, lane] of this.#lanes.entries()) {
        const endpoint = Array.isArray(lane) ? this.#options.known(dest) : undefined;
        if (endpoint !== undefined) this.#connect(dest, endpoint);
      }
      Atomics.wait(clock, 0, 0, RECONNECT_MS);
    }
  }

  close(): void {
    this.#closed = true;
    this.#wanted = false;
    this.#pull.close();
    this.#wake?.close();
    for (const lane of this.#lanes) if (lane !== undefined && !Array.isArray(lane)) lane.close();
  }

  #receive(): void {
    this.#receiving = true;
    this.#pull.receive().then(this.#onFrames, this.#onError);
  }

  readonly #onFrames = (frames: Buffer[]): void => {
    this.#receiving = false;
    if (this.#closed) return;
    const head = frames[0]!;
    if (head.byteLength > 1) this.#receiver.message(head, frames[1]);
    if (this.#wanted && !this.#receiving && !this.#closed) this.#receive();
  };

  readonly #onError = (error: Error): void => {
    this.#receiving = false;
    if (!this.#closed) this.#receiver.broken(error);
  };

  /** A pending receive keeps the process alive and cannot be withdrawn: end it with a byte to ourselves. */
  readonly #wakeIfIdle = (): void => {
    if (this.#wanted || !this.#receiving || this.#closed) return;
    this.#wake ??= this.#openPush(WAKE_ENDPOINT);
    transmit(this.#wake, Buffer.of(0), undefined);
  };

  #openLane(dest: number): ZmqSocket | Frames[] {
    this.#lanes[dest] = [];
    this.#options.locate(dest, (endpoint) => this.#connect(dest, endpoint));
    return this.#lanes[dest];
  }

  #connect(dest: number, endpoint: string): void {
    const waiting = this.#lanes[dest];
    if (!Array.isArray(waiting) || this.#closed) return;
    const push = this.#openPush(endpoint);
    this.#lanes[dest] = push;
    for (const [head, payload] of waiting) transmit(push, head, payload);
  }

  #openPush(endpoint: string): ZmqSocket {
    const push = new this.#libzmq.Socket(SocketType.PUSH);
    push.setInt32Option(SocketOption.LINGER, 0);
    push.setInt32Option(SocketOption.SEND_TIMEOUT, 0);
    push.setInt32Option(SocketOption.SEND_HIGH_WATER_MARK, 0);
    push.setInt32Option(SocketOption.RECONNECT_INTERVAL, RECONNECT_MS);
    push.setInt32Option(SocketOption.RECONNECT_INTERVAL_MAX, RECONNECT_MAX_MS);
    push.connect(endpoint);
    return push;
  }
}

function transmit(push: ZmqSocket, head: Uint8Array, payload: Uint8Array | undefined): void {
  void push.send(payload === undefined ? asBuffer(head) : [asBuffer(head), asBuffer(payload)]);
}

/** zeromq.js sends Buffers without a copy, but turns other typed arrays into text. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
