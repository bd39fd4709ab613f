import { MPIError } from "@tsmpi/protocol";
import { processBound } from "../codec/unsendable.js";
import type { Status } from "../status.js";
import { OPTIONS } from "./option-tables.js";
import type { IntoOptions } from "./options.js";

const NOTHING = {};

/** Receives a message that has been taken out of matching. */
export type Opener = (options: IntoOptions) => Promise<unknown>;

/**
 * A message that `mprobe` or `improbe` has taken out of matching (MPI 4.1, 3.8.2, MPI_Message): only
 * this handle can receive it. Local to its rank. A message that is never received keeps its memory,
 * and its sender's credit, until its communicator is freed.
 */
export class Message {
  /** Source, tag and size of the message; source PROC_NULL if there is none. */
  readonly status: Status;
  #open: Opener | undefined;

  /** @internal Messages are made by a communicator's `mprobe` and `improbe`. */
  constructor(status: Status, open: Opener) {
    this.status = status;
    this.#open = open;
  }

  /**
   * Receives the message. Called once.
   *
   * @returns the value, in memory of its own or in `into`; undefined for a message from PROC_NULL
   * @throws ERR_REQUEST the second time; ERR_TYPE, ERR_TRUNCATE and ERR_PROC_FAILED as `recv`
   * @example
   * const message = await world.mprobe();
   * const into = new Float64Array(message.status.bytes / 8);
   * await message.recv({ into });
   * @see MPI 4.1, 3.8.3 (MPI_Mrecv)
   */
  recv<T = unknown>(options: IntoOptions = NOTHING): Promise<T> {
    const open = this.#open;
    try {
      if (options !== NOTHING) OPTIONS.message.check(options);
      if (open !== undefined) {
        const received = open(options) as Promise<T>;
        this.#open = undefined;
        return received;
      }
    } catch (problem) {
      const error = problem instanceof MPIError ? problem.at({ operation: "recv" }) : (problem as Error);
      return Promise.reject(error instanceof MPIError ? error.withoutFramesOf(this.recv) : error);
    }
    const error = new MPIError("ERR_REQUEST", "this message has been received already, through this handle", {
      operation: "recv",
    });
    return Promise.reject(error.withoutFramesOf(this.recv));
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }
}
