import { MPIError } from "@tsmpi/protocol";
import { CallSite } from "../call-site.js";
import type { ReceiveBuffer } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { ANY_SOURCE, ANY_TAG, PROC_NULL } from "../constants.js";
import type { SendOrder } from "../endpoint/operation.js";
import { ANY, type Pattern } from "../matching/matcher.js";
import { Request } from "../request/request.js";
import { completed, find, take } from "./at-once.js";
import { attached, CommunicatorBase, type Method } from "./base.js";
import type {
  MessageSelector,
  Received,
  ReceiveOptions,
  SendOptions,
  SendrecvOptions,
  StartReceiveOptions,
  StartSendOptions,
} from "./options.js";
import { OPTIONS } from "./option-tables.js";
import { giveBack, orderOf } from "./order.js";
import { NULL_STATUS, ValueReceive } from "./receives.js";
import {
  checkDestination,
  checkInto,
  checkReceiveTag,
  checkSendTag,
  checkSource,
  type Caller,
} from "./validation.js";
import { canEnd, Withdrawal } from "./withdrawal.js";

const DONE: Promise<void> = Promise.resolve();
const NOTHING = {};
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
   * @param options a `signal` or `timeout` withdraws a message that no receive has matched and no
   * probe has told of; once it has left, its receiver decides, as soon as it communicates
   * @returns resolves when `data` may be reused; says nothing about the receiver
   * @throws ERR_RANK, ERR_TAG, ERR_ARG, ERR_TYPE (what cannot be sent, by its path), ERR_PROC_FAILED;
   * ERR_TIMEOUT or an AbortError if it was withdrawn
   * @example await world.send({ step: 1 }, 3, { tag: 7 });
   * @see MPI 4.1, 3.2 (MPI_Send)
   */
  send(data: unknown, dest: number, options: SendOptions = NOTHING): Promise<void> {
    try {
      if (options !== NOTHING) OPTIONS.send.check(options);
      if (canEnd(options)) return this.#postUntil("send", this.send, data, dest, options, false);
      return this.#post("send", this.send, data, dest, options.tag, false) ?? DONE;
    } catch (error) {
      return attached(this, "send").rejection(error, "send", this.send);
    }
  }

  /**
   * Sends a value, and waits until the other side has matched it with a receive (the synchronous
   * mode). As {@link send} in everything else.
   *
   * @returns resolves when a receive has matched the message and `data` may be reused
   * @throws as {@link send}
   * @example await world.ssend("your turn", 1);
   * @see MPI 4.1, 3.4 (MPI_Ssend)
   */
  ssend(data: unknown, dest: number, options: SendOptions = NOTHING): Promise<void> {
    try {
      if (options !== NOTHING) OPTIONS.send.check(options);
      if (canEnd(options)) return this.#postUntil("ssend", this.ssend, data, dest, options, true);
      return this.#post("ssend", this.ssend, data, dest, options.tag, true) ?? DONE;
    } catch (error) {
      return attached(this, "ssend").rejection(error, "ssend", this.ssend);
    }
  }

  /**
   * Receives one value. Without options it takes the next message from anybody.
   *
   * @param options a `signal` or `timeout` withdraws the receive if it has not matched; the message
   * then goes to the next receive
   * @returns the value, in memory of its own or in `into`; undefined from PROC_NULL
   * @throws ERR_RANK, ERR_TAG, ERR_ARG, ERR_TYPE (`into` has another element type), ERR_TRUNCATE
   * (`into` is too short; the message is dropped), ERR_PROC_FAILED (the source has left);
   * ERR_TIMEOUT or an AbortError if it was withdrawn
   * @example const work = await world.recv<Work>({ source: 0 });
   * @see MPI 4.1, 3.2.4 (MPI_Recv)
   */
  recv<T = unknown>(options: ReceiveOptions = NOTHING): Promise<T> {
    try {
      if (options !== NOTHING) OPTIONS.recv.check(options);
      const { shortcut } = this.endpoint;
      const found = canEnd(options) ? undefined : find(shortcut, this.context, this.members, options);
      if (found !== undefined) return Promise.resolve(take(shortcut!, found, options) as T);
      return this.postReceive<T>("recv", this.recv, options)?.promise ?? Promise.resolve(undefined as T);
    } catch (error) {
      return attached(this, "recv").rejection(error, "recv", this.recv);
    }
  }

  /** As {@link recv}, and tells source, tag and size of the message (MPI 4.1, 3.2.5). */
  recvWithStatus<T = unknown>(options: ReceiveOptions = NOTHING): Promise<Received<T>> {
    try {
      if (options !== NOTHING) OPTIONS.recv.check(options);
      const receive = this.postReceive<T>("recvWithStatus", this.recvWithStatus, options);
      if (receive === undefined) return Promise.resolve({ data: undefined as T, status: NULL_STATUS });
      return receive.promise.then((data) => ({ data, status: receive.status! }));
    } catch (error) {
      return attached(this, "recvWithStatus").rejection(error, "recvWithStatus", this.recvWithStatus);
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
    try {
      if (options !== NOTHING) OPTIONS.sendrecv.check(options);
      const { sendtag, recvtag, ...rest } = options;
      checkDestination(dest, this.caller("sendrecv"));
      checkSendTag(sendtag ?? 0, this.caller("sendrecv"));
      const packet = encode(data);
      const receive = this.postReceive<T>(
        "sendrecv",
        this.sendrecv,
        recvtag === undefined ? rest : { ...rest, tag: recvtag },
      );
      const sent =
        dest === PROC_NULL
          ? undefined
          : this.#hand(
              orderOf(this.context, this.members, "sendrecv", packet, dest, sendtag ?? 0, false),
              this.sendrecv,
            );
      if (receive === undefined) return (await sent) as T;
      return sent === undefined ? await receive.promise : (await Promise.all([receive.promise, sent]))[0];
    } catch (error) {
      throw attached(this, "sendrecv").explain(error, "sendrecv");
    }
  }

  /**
   * Starts a send and returns at once (MPI 4.1, 3.7.2, MPI_Isend). A typed array is borrowed until
   * the request is complete. Invalid arguments throw from the call itself.
   */
  isend(data: unknown, dest: number, options: StartSendOptions = NOTHING): Request<void> {
    try {
      if (options !== NOTHING) OPTIONS.isend.check(options);
      return new Request<void>({ promise: this.#post("isend", this.isend, data, dest, options.tag, false) });
    } catch (error) {
      throw attached(this, "isend").explain(error, "isend", this.isend);
    }
  }

  /**
   * Starts a synchronous send and returns at once (MPI 4.1, 3.7.2, MPI_Issend): the request is
   * complete when a receive has matched the message. As {@link isend} in everything else.
   */
  issend(data: unknown, dest: number, options: StartSendOptions = NOTHING): Request<void> {
    try {
      if (options !== NOTHING) OPTIONS.isend.check(options);
      return new Request<void>({ promise: this.#post("issend", this.issend, data, dest, options.tag, true) });
    } catch (error) {
      throw attached(this, "issend").explain(error, "issend", this.issend);
    }
  }

  /**
   * Starts a receive and returns at once (MPI 4.1, 3.7.2, MPI_Irecv). Receives match in the order in
   * which they were started. Invalid arguments throw from the call itself.
   */
  irecv<T = unknown>(options: StartReceiveOptions = NOTHING): Request<T> {
    try {
      if (options !== NOTHING) OPTIONS.irecv.check(options);
      const { shortcut } = this.endpoint;
      const rejection = (error: unknown) => this.rejection(error, "irecv", this.irecv);
      const request = completed<T>(shortcut, this.context, this.members, options, rejection);
      if (request !== undefined) return request;
      const receive = this.postReceive<T>("irecv", this.irecv, options);
      if (receive === undefined) return new Request<T>({ promise: undefined, status: () => NULL_STATUS });
      const cancel = () => {
        if (!this.endpoint.cancel(this.context, receive)) return false;
        receive.withdrawn();
        return true;
      };
      return new Request<T>({ promise: receive.promise, cancel, status: () => receive.status });
    } catch (error) {
      throw attached(this, "irecv").explain(error, "irecv", this.irecv);
    }
  }

  /** Posts a receive; undefined from PROC_NULL. */
  protected postReceive<T>(
    operation: string,
    method: Method,
    options: ReceiveOptions,
  ): ValueReceive<T> | undefined {
    const caller = this.caller(operation);
    const pattern = this.pattern(options, caller);
    const withdrawal = canEnd(options) ? new Withdrawal(options, caller, method) : undefined;
    if (options.into !== undefined) checkInto(options.into, caller);
    if (pattern === undefined) return undefined;
    const receive = this.valueReceive<T>(operation, pattern, options.into);
    this.endpoint.receive(this.context, receive);
    if (!receive.settled) receive.site = new CallSite(method);
    withdrawal?.watch(receive.promise, (reason) => {
      if (this.endpoint.cancel(this.context, receive)) receive.fail(reason);
    });
    return receive;
  }

  /** The world's terms for which messages are meant; undefined from PROC_NULL. */
  protected pattern(selector: MessageSelector, caller: Caller): Pattern | undefined {
    const { source = ANY_SOURCE, tag = ANY_TAG } = selector;
    checkSource(source, caller);
    checkReceiveTag(tag, caller);
    if (source === PROC_NULL) return undefined;
    return { source: source === ANY_SOURCE ? ANY : this.members.worldRankOf(source), tag };
  }

  /** A receive that is not posted yet. */
  protected valueReceive<T>(
    operation: string,
    { source, tag }: Pattern,
    into: ReceiveBuffer | undefined,
  ): ValueReceive<T> {
    return new ValueReceive<T>(operation, source, tag, this.members, into, (error, peer, site) =>
      this.explain(error instanceof MPIError ? error.at({ peer }) : error, operation, site),
    );
  }

  /** Checks and encodes a message, and hands it over. */
  #post(
    operation: string,
    method: Method,
    data: unknown,
    dest: number,
    tag: number | undefined,
    synchronous: boolean,
  ): Promise<void> | undefined {
    const order = this.#prepare(operation, data, dest, tag, synchronous);
    return order === undefined ? undefined : this.#hand(order, method);
  }

  /** Hands a message over; what has to wait knows where it was called. */
  #hand(order: SendOrder, method: Method): Promise<void> | undefined {
    const sent = this.endpoint.send(order);
    if (sent !== undefined) order.site = new CallSite(method);
    else if (order.dest !== this.endpoint.rank) giveBack(order);
    return sent;
  }

  /** The same with a signal or a timeout. */
  #postUntil(
    operation: string,
    method: Method,
    data: unknown,
    dest: number,
    options: SendOptions,
    synchronous: boolean,
  ): Promise<void> {
    const withdrawal = new Withdrawal(options, this.caller(operation), method);
    const order = this.#prepare(operation, data, dest, options.tag, synchronous);
    const sent = order === undefined ? undefined : this.#hand(order, method);
    if (sent === undefined) return DONE;
    withdrawal.watch(sent, (reason) => this.endpoint.withdraw(order!, reason));
    return sent;
  }

  /** Undefined to PROC_NULL. */
  #prepare(
    operation: string,
    data: unknown,
    dest: number,
    tag = 0,
    synchronous: boolean,
  ): SendOrder | undefined {
    const valid =
      dest >= 0 && dest < this.size && tag >= 0 && Number.isInteger(dest) && Number.isInteger(tag);
    if (!valid || tag > 0x7fff_ffff) {
      checkDestination(dest, this.caller(operation));
      checkSendTag(tag, this.caller(operation));
      if (dest === PROC_NULL) return undefined;
    }
    return orderOf(this.context, this.members, operation, encode(data), dest, tag, synchronous);
  }
}
