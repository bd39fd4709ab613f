import { CallSite } from "../call-site.js";
import type { Inbound } from "../endpoint/operation.js";
import type { Status } from "../status.js";
import { attached, type Method } from "./base.js";
import { Message } from "./message.js";
import { MessageIterator } from "./messages.js";
import type { IntoOptions, MessageSelector, ProbeOptions, Received } from "./options.js";
import { PointToPoint } from "./point-to-point.js";
import { OPTIONS } from "./option-tables.js";
import { NULL_STATUS } from "./receives.js";
import { Probe, statusOf } from "./probes.js";
import { checkInto } from "./validation.js";
import { canEnd, Withdrawal } from "./withdrawal.js";

const NOTHING = {};

/** Learning of messages before, or instead of, receiving them (MPI 4.1, 3.8). */
export abstract class Probing extends PointToPoint {
  /**
   * Waits for a message and leaves it where it is: the next receive that fits gets it. Probes and
   * receives are served in the order of their calls.
   *
   * @param options a `signal` or `timeout` withdraws the probe
   * @returns source, tag and size of the message; from PROC_NULL at once
   * @throws ERR_RANK, ERR_TAG, ERR_ARG, ERR_PROC_FAILED (the source has left); ERR_TIMEOUT or an
   * AbortError if it was withdrawn
   * @example
   * const { source, tag, bytes } = await world.probe();
   * const data = await world.recv({ source, tag, into: new Uint8Array(bytes) });
   * @see MPI 4.1, 3.8.1 (MPI_Probe)
   */
  probe(options: ProbeOptions = NOTHING): Promise<Status> {
    try {
      if (options !== NOTHING) OPTIONS.probe.check(options);
      const probe = this.#post("probe", this.probe, options, "peek");
      if (probe === undefined) return Promise.resolve(NULL_STATUS);
      return probe.promise.then((message) => statusOf(message!, this.members));
    } catch (error) {
      return attached(this, "probe").rejection(error, "probe", this.probe);
    }
  }

  /**
   * Lets messages that have arrived be handled, then tells whether one fits. It stays where it is.
   *
   * @returns source, tag and size of the message, or undefined; from PROC_NULL always a status
   * @throws ERR_RANK, ERR_TAG, ERR_PROC_FAILED (the source has left, or from any source every other rank, and there
   * is nothing of it: a loop that waits for a message ends instead of running for ever)
   * @example while ((await world.iprobe({ tag: STOP })) === undefined) await work();
   * @see MPI 4.1, 3.8.1 (MPI_Iprobe)
   */
  iprobe(options: MessageSelector = NOTHING): Promise<Status | undefined> {
    try {
      if (options !== NOTHING) OPTIONS.iprobe.check(options);
      const probe = this.#postOnce("iprobe", this.iprobe, options, "peek");
      if (probe === undefined) return Promise.resolve(NULL_STATUS);
      return probe.promise.then((message) => message && statusOf(message, this.members));
    } catch (error) {
      return attached(this, "iprobe").rejection(error, "iprobe", this.iprobe);
    }
  }

  /**
   * Waits for a message and takes it out of matching: no other receive or probe sees it, only the
   * handle can receive it.
   *
   * @param options a `signal` or `timeout` withdraws the probe
   * @returns the handle; from PROC_NULL at once one whose `recv` yields undefined
   * @throws as {@link probe}
   * @example
   * const message = await world.mprobe({ source: 0 });
   * if (message.status.bytes > 0) handle(await message.recv());
   * @see MPI 4.1, 3.8.2 (MPI_Mprobe)
   */
  mprobe(options: ProbeOptions = NOTHING): Promise<Message> {
    try {
      if (options !== NOTHING) OPTIONS.probe.check(options);
      const probe = this.#post("mprobe", this.mprobe, options, "take");
      if (probe === undefined) return Promise.resolve(nullMessage());
      return probe.promise.then((message) => this.#message(message!));
    } catch (error) {
      return attached(this, "mprobe").rejection(error, "mprobe", this.mprobe);
    }
  }

  /**
   * Lets messages that have arrived be handled, and takes one that fits out of matching.
   *
   * @returns the handle, or undefined if there is none; from PROC_NULL one whose `recv` yields undefined
   * @throws as {@link iprobe}
   * @example const data = await (await world.improbe())?.recv();
   * @see MPI 4.1, 3.8.2 (MPI_Improbe)
   */
  improbe(options: MessageSelector = NOTHING): Promise<Message | undefined> {
    try {
      if (options !== NOTHING) OPTIONS.iprobe.check(options);
      const probe = this.#postOnce("improbe", this.improbe, options, "take");
      if (probe === undefined) return Promise.resolve(nullMessage());
      return probe.promise.then((message) => message && this.#message(message));
    } catch (error) {
      return attached(this, "improbe").rejection(error, "improbe", this.improbe);
    }
  }

  /**
   * The messages that fit, one after another, for ever: each step of the loop is a receive, posted
   * when the step is asked for. `break` ends it, and what has not been handed over goes to other
   * receives. Wrong arguments throw from the call itself.
   *
   * @returns an iterable of values and statuses; from PROC_NULL an empty one
   * @throws from the loop, as `recv`
   * @example for await (const { data, status } of world.messages({ tag: 1 })) serve(data, status.source);
   * @see MPI 4.1, 3.2.4 (MPI_Recv)
   */
  messages<T = unknown>(options: MessageSelector = NOTHING): AsyncIterable<Received<T>> {
    let selector: MessageSelector;
    try {
      if (options !== NOTHING) OPTIONS.messages.check(options);
      selector = { source: options.source, tag: options.tag };
      this.pattern(selector, this.caller("messages"));
    } catch (error) {
      throw attached(this, "messages").explain(error, "messages", this.messages);
    }
    return {
      [Symbol.asyncIterator]: () =>
        new MessageIterator<T>({
          start: () => this.postReceive<T>("messages", MessageIterator.prototype.next, selector),
          cancel: (receive) => this.endpoint.cancel(this.context, receive),
        }),
    };
  }

  /** Posts a probe; undefined from PROC_NULL. */
  #post(operation: string, method: Method, options: ProbeOptions, kind: "peek" | "take"): Probe | undefined {
    const caller = this.caller(operation);
    const pattern = this.pattern(options, caller);
    const withdrawal = canEnd(options) ? new Withdrawal(options, caller, method) : undefined;
    if (pattern === undefined) return undefined;
    const probe = new Probe(operation, pattern.source, pattern.tag, kind);
    this.endpoint.probe(this.context, probe);
    if (!probe.settled) probe.site = new CallSite(method);
    withdrawal?.watch(probe.promise, (reason) => {
      if (this.endpoint.cancel(this.context, probe)) probe.fail(reason);
    });
    return probe;
  }

  /** Posts a probe for one turn of the event loop: while it waits, the transport listens. */
  #postOnce(
    operation: string,
    method: Method,
    { source, tag }: MessageSelector,
    kind: "peek" | "take",
  ): Probe | undefined {
    const probe = this.#post(operation, method, { source, tag }, kind);
    if (probe === undefined) return undefined;
    setImmediate(() => {
      if (this.endpoint.cancel(this.context, probe)) probe.withdrawn();
    });
    return probe;
  }

  #message(inbound: Inbound): Message {
    const open = <T>({ into }: IntoOptions): Promise<T> => {
      if (into !== undefined) checkInto(into, this.caller("recv"));
      const receive = this.valueReceive<T>("recv", inbound, into);
      this.endpoint.open(inbound, receive);
      if (!receive.settled) receive.site = new CallSite(Message.prototype.recv);
      return receive.promise;
    };
    return new Message(statusOf(inbound, this.members), open);
  }
}

function nullMessage(): Message {
  return new Message(NULL_STATUS, () => Promise.resolve(undefined));
}
