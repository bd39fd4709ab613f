import { LONGEST_SOCKET_PATH } from "@tsmpi/protocol";
import { Crossing, type CrossingOptions } from "./crossing.js";
import { pullIntake, type Intake } from "./intake.js";
import { loadLibzmq, type ZmqSocket } from "./libzmq.js";
import { Sockets } from "./sockets.js";
import type { Receiver, Transport, TransportOpener } from "./transport.js";

export interface ZeromqOptions {
  /** Number of ranks in the world, for the number of sockets that may be needed. */
  readonly size: number;
  /** Unix socket to receive on; it must not exist. */
  readonly socketPath: string;
  /** Where a rank receives; it need not listen yet. */
  readonly endpointOf: (rank: number) => string;
  /** For a job on several hosts, called when the transport opens: what leads to the other ones. */
  readonly crossing?: (() => CrossingOptions) | undefined;
  /** Called when this rank listens and others may connect. */
  readonly onListening: () => void;
}

/**
 * One Pull socket that everybody of this host sends to, and one for other hosts if there are any; one
 * Push socket for each rank this one has sent to.
 */
export function zeromqTransport(options: ZeromqOptions): TransportOpener {
  return (receiver) => new ZeromqTransport(options, receiver);
}

class ZeromqTransport implements Transport {
  readonly #endpointOf: (rank: number) => string;
  readonly #sockets: Sockets;
  readonly #intake: Intake;
  readonly #crossing: Crossing | undefined;
  readonly #lanes: (ZmqSocket | undefined)[] = [];

  constructor({ size, socketPath, endpointOf, crossing, onListening }: ZeromqOptions, receiver: Receiver) {
    if (Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH) {
      throw new Error(`the socket path ${socketPath} is longer than ${LONGEST_SOCKET_PATH} bytes`);
    }
    this.#endpointOf = endpointOf;
    const events = {
      message: (frames: Buffer[]) => {
        const head = frames[0]!;
        if (head.byteLength > 1) receiver.message(head, frames[1]);
      },
      broken: (error: Error) => receiver.broken(error),
    };
    const libzmq = loadLibzmq();
    this.#crossing = crossing === undefined ? undefined : new Crossing(libzmq, crossing(), events);
    this.#sockets = new Sockets(libzmq, libzmq.context, size);
    const pull = this.#sockets.pull();
    pull.bindSync(`ipc://${socketPath}`);
    this.#intake = pullIntake(pull, this.#sockets, events);
    onListening();
  }

  send(dest: number, head: Uint8Array, payload?: Uint8Array): void {
    const lane = (this.#lanes[dest] ??= this.#connect(this.#endpointOf(dest)));
    void lane.send(payload === undefined ? asBuffer(head) : [asBuffer(head), asBuffer(payload)]);
  }

  listen(): void {
    this.#intake.listen();
    this.#crossing?.listen();
  }

  idle(): void {
    this.#intake.idle();
    this.#crossing?.idle();
  }

  close(): void {
    this.#intake.close();
    this.#crossing?.close();
    for (const lane of this.#lanes) lane?.close();
  }

  #connect(endpoint: string): ZmqSocket {
    if (this.#crossing !== undefined && endpoint.startsWith("tcp://")) return this.#crossing.push(endpoint);
    const push = this.#sockets.push();
    push.connect(endpoint);
    return push;
  }
}

/** zeromq.js sends Buffers without a copy, but turns other typed arrays into text. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
