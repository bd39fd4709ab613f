import type { ReceiveBuffer } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from "../constants.js";
import { Request } from "../request/request.js";
import type { Status } from "../status.js";
import { CommunicatorBase } from "./base.js";
import { ValueReceive } from "./receives.js";
import { checkDestination, checkReceiveTag, checkSendTag, checkSource } from "./validation.js";

/** Options of a send. */
export interface SendOptions {
  /** 0 … TAG_UB; default 0. */
  readonly tag?: number;
}

/** Options of a receive. */
export interface ReceiveOptions {
  /** A rank, ANY_SOURCE (default) or PROC_NULL. */
  readonly source?: number;
  /** 0 … TAG_UB, or ANY_TAG (default). */
  readonly tag?: number;
  /**
   * A typed array, Buffer, DataView or ArrayBuffer to receive into; it must have the message's
   * element type and room for it, and is what the receive yields. It belongs to the operation until
   * that is complete.
   */
  readonly into?: ReceiveBuffer;
}

/** Options of a combined send and receive. */
export interface SendrecvOptions {
  /** Where to receive from; default ANY_SOURCE. */
  readonly source?: number;
  /** Default 0. */
  readonly sendtag?: number;
  /** Default ANY_TAG. */
  readonly recvtag?: number;
  readonly into?: ReceiveBuffer;
}

/** A received value and what is known of its message. */
export interface Received<T> {
  readonly data: T;
  readonly status: Status;
}

const DONE: Promise<void> = Promise.resolve();
const NOTHING = {};
const NULL_STATUS: Status = { source: PROC_NULL, tag: ANY_TAG, bytes: 0, cancelled: false };

/** Point-to-point communication (MPI 4.1, chapter 3). */
export abstract class PointToPoint extends CommunicatorBase {
  /**
   * Sends a value to one rank. The other side calls a receive.
   *
   * Objects are encoded inside the call and may be changed right after it. A typed array, Buffer or
   * ArrayBuffer is borrowed until the promise resolves. Up to 64 KiB are sent at once as long as the
   * receiver keeps up; a larger message waits until a receive has matched it.
   *
   * @param data any value of the kinds listed in docs/data.md
   * @param dest rank of the receiver, or PROC_NULL
   * @returns resolves when `data` may be reused; says nothing about the receiver
   * @throws ERR_RANK, ERR_TAG, ERR_TYPE (what cannot be sent, by its path), ERR_PROC_FAILED
   * @example await world.send({ step: 1 }, 3, { tag: 7 });
   * @see MPI 4.1, 3.2 (MPI_Send)
   */
  send(data: unknown, dest: number, options: SendOptions = NOTHING): Promise<void> {
    try {
      return this.#post("send", data, dest, options.tag) ?? DONE;
    } catch (error) {
      return this.rejection(error, "send", this.send);
    }
  }

  /**
   * Receives one value. Without options it takes the next message from anybody.
   *
   * @returns the value, in memory of its own or in `into`; undefined from PROC_NULL
   * @throws ERR_RANK, ERR_TAG, ERR_TYPE (`into` has another element type), ERR_TRUNCATE (`into` is
   * too short; the message is dropped), ERR_PROC_FAILED (the source has left)
   * @example const work = await world.recv<Work>({ source: 0 });
   * @see MPI 4.1, 3.2.4 (MPI_Recv)
   */
  recv<T = unknown>(options: ReceiveOptions = NOTHING): Promise<T> {
    try {
      return this.#receive<T>("recv", options)?.promise ?? Promise.resolve(undefined as T);
    } catch (error) {
      return this.rejection(error, "recv", this.recv);
    }
  }

  /** As {@link recv}, and tells source, tag and size of the message (MPI 4.1, 3.2.5). */
  recvWithStatus<T = unknown>(options: ReceiveOptions = NOTHING): Promise<Received<T>> {
    try {
      const receive = this.#receive<T>("recvWithStatus", options);
      if (receive === undefined) return Promise.resolve({ data: undefined as T, status: NULL_STATUS });
      return receive.promise.then((data) => ({ data, status: receive.status! }));
    } catch (error) {
      return this.rejection(error, "recvWithStatus", this.recvWithStatus);
    }
  }

  /**
   * Sends to one rank and receives from another (or the same) at once; rings of it never deadlock.
   *
   * @returns the received value, when both halves are complete
   * @throws as {@link send} and {@link recv}
   * @example const left = await world.sendrecv(mine, (rank + 1) % size, { source: (rank + size - 1) % size });
   * @see MPI 4.1, 3.10 (MPI_Sendrecv)
   */
  async sendrecv<T = unknown>(data: unknown, dest: number, options: SendrecvOptions = NOTHING): Promise<T> {
    const { sendtag, recvtag, ...rest } = options;
    try {
      checkDestination(dest, this.caller("sendrecv"));
      checkSendTag(sendtag ?? 0, this.caller("sendrecv"));
      const packet = encode(data);
      const receive = this.#receive<T>("sendrecv", recvtag === undefined ? rest : { ...rest, tag: recvtag });
      const sent = dest === PROC_NULL ? undefined : this.#dispatch("sendrecv", packet, dest, sendtag ?? 0);
      if (receive === undefined) {
        await sent;
        return undefined as T;
      }
      return sent === undefined ? await receive.promise : (await Promise.all([receive.promise, sent]))[0];
    } catch (error) {
      throw this.explain(error, "sendrecv");
    }
  }

  /**
   * Starts a send and returns at once (MPI 4.1, 3.7.2, MPI_Isend). A typed array is borrowed until
   * the request is complete. Invalid arguments throw from the call itself.
   */
  isend(data: unknown, dest: number, options: SendOptions = NOTHING): Request<void> {
    try {
      return new Request<void>({ promise: this.#post("isend", data, dest, options.tag) });
    } catch (error) {
      throw this.explain(error, "isend", this.isend);
    }
  }

  /**
   * Starts a receive and returns at once (MPI 4.1, 3.7.2, MPI_Irecv). Receives match in the order in
   * which they were started. Invalid arguments throw from the call itself.
   */
  irecv<T = unknown>(options: ReceiveOptions = NOTHING): Request<T> {
    try {
      const receive = this.#receive<T>("irecv", options);
      if (receive === undefined) return new Request<T>({ promise: undefined, status: () => NULL_STATUS });
      const cancel = () => {
        if (!this.endpoint.cancel(this.context, receive)) return false;
        receive.withdrawn();
        return true;
      };
      return new Request<T>({ promise: receive.promise, cancel, status: () => receive.status });
    } catch (error) {
      throw this.explain(error, "irecv", this.irecv);
    }
  }

  #post(operation: string, data: unknown, dest: number, tag = 0): Promise<void> | undefined {
    const valid =
      dest >= 0 && dest < this.size && tag >= 0 && Number.isInteger(dest) && Number.isInteger(tag);
    if (!valid || tag > 0x7fff_ffff) {
      checkDestination(dest, this.caller(operation));
      checkSendTag(tag, this.caller(operation));
      if (dest === PROC_NULL) return undefined;
    }
    return this.#dispatch(operation, encode(data), dest, tag);
  }

  #dispatch(operation: string, packet: ReturnType<typeof encode>, dest: number, tag: number) {
    return this.endpoint.send({
      context: this.context,
      dest: this.members.worldRankOf(dest),
      tag,
      packet,
      operation,
      synchronous: false,
    });
  }

  /** Posts a receive; undefined from PROC_NULL. */
  #receive<T>(operation: string, options: ReceiveOptions): ValueReceive<T> | undefined {
    const { source = ANY_SOURCE, tag = ANY_TAG, into } = options;
    const caller = this.caller(operation);
    checkSource(source, caller);
    checkReceiveTag(tag, caller);
    if (source === PROC_NULL) return undefined;
    const receive = new ValueReceive<T>(
      operation,
      source === ANY_SOURCE ? ANY_SOURCE : this.members.worldRankOf(source),
      tag,
      this.members,
      into,
      (error) => this.explain(error, operation),
    );
    this.endpoint.receive(this.context, receive);
    return receive;
  }
}
