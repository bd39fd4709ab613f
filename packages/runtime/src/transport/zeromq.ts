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

export interface ZeromqOptions {
  /** Number of ranks in the world, for the number of sockets that may be needed. */
  readonly size: number;
  /** Unix socket to receive on; it must not exist. */
  readonly socketPath: string;
  /** Where a rank receives; it need not listen yet. */
  readonly endpointOf: (rank: number) => string;
  /** Called when this rank listens and others may connect. */
  readonly onListening: () => void;
}

/** Time between attempts to connect to a rank that does not listen yet: doubled up to the second figure. */
const RECONNECT_MS = 10;
const RECONNECT_MAX_MS = 100;
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
  readonly #lanes: (ZmqSocket | undefined)[] = [];
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
    const lane = (this.#lanes[dest] ??= this.#openPush(this.#options.endpointOf(dest)));
    transmit(lane, head, payload);
  }

  listen(): void {
    this.#wanted = true;
    if (!this.#receiving && !this.#closed) this.#receive();
  }

  idle(): void {
    this.#wanted = false;
    if (this.#receiving) setImmediate(this.#wakeIfIdle);
  }

  close(): void {
    this.#closed = true;
    this.#wanted = false;
    this.#pull.close();
    this.#wake?.close();
    for (const lane of this.#lanes) lane?.close();
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
