import { MPIError } from "@tsmpi/protocol";
import { CallSite } from "../call-site.js";
import { quote } from "../quote.js";
import type { Method } from "./base.js";
import type { WaitOptions } from "./options.js";
import type { Caller } from "./validation.js";

/** The longest time Node's timers know; a longer timeout never comes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** True when the options can end the wait. Everything else here is for those operations only. */
export function canEnd({ signal, timeout }: WaitOptions): boolean {
  return signal !== undefined || timeout !== undefined;
}

/** What an aborted operation rejects with; as in Node's own functions, the cause is the signal's reason. */
class AbortError extends Error {
  override readonly name = "AbortError";
  readonly code = "ABORT_ERR";
}

/** Watches over one operation that has a signal or a timeout. Made before the operation starts. */
export class Withdrawal {
  readonly #site: CallSite;

  /** Throws ERR_ARG for a wrong option, and AbortError if the signal is aborted already. */
  constructor(
    private readonly options: WaitOptions,
    private readonly caller: Caller,
    method: Method,
  ) {
    this.#site = new CallSite(method);
    const { signal, timeout } = options;
    if (timeout !== undefined && !(typeof timeout === "number" && timeout >= 0)) {
      throw new MPIError(
        "ERR_ARG",
        `timeout ${quote(timeout)} is not a number of milliseconds from 0 upwards`,
        caller,
      );
    }
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new MPIError("ERR_ARG", "signal is not an AbortSignal", caller);
    }
    if (signal?.aborted) throw this.#aborted(signal);
  }

  /**
   * Calls `withdraw` when the signal is aborted or the time is over before `operation` has settled;
   * it then makes `operation` reject with the error, unless it is too late for that.
   */
  watch(operation: Promise<unknown>, withdraw: (reason: Error) => void): void {
    const { signal, timeout = Infinity } = this.options;
    // Timers come before sockets in a turn of the event loop: what has arrived by now still counts.
    const expire = () => setImmediate(() => withdraw(this.#expired(timeout)));
    // Without a timer of ours a world of one would end before that of AbortSignal.timeout comes.
    const timer =
      timeout > LONGEST_TIMER_MS ? setTimeout(() => {}, LONGEST_TIMER_MS) : setTimeout(expire, timeout);
    const abort = () => withdraw(this.#aborted(signal!));
    signal?.addEventListener("abort", abort, { once: true });
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    operation.then(settled, settled);
  }

  #expired(timeout: number): Error {
    return this.#site.locate(
      new MPIError("ERR_TIMEOUT", `did not complete within its timeout of ${timeout} ms`, this.caller),
    );
  }

  #aborted(signal: AbortSignal): Error {
    const { rank, operation } = this.caller;
    return this.#site.locate(
      new AbortError(`rank ${rank}, ${operation}: the operation was aborted`, { cause: signal.reason }),
    );
  }
}
