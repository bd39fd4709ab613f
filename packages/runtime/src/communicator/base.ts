import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { processBound } from "../codec/unsendable.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { openChannel } from "./collective.js";
import type { Members } from "./members.js";
import type { Caller } from "./validation.js";

/** What a communicator is made of. */
export interface CommunicatorParts {
  readonly endpoint: Endpoint;
  readonly members: Members;
  readonly rank: number;
  /** Context of point-to-point messages; the next one is that of collectives. */
  readonly context: number;
  readonly name: string;
}

/** State that all operations of a communicator share. */
export abstract class CommunicatorBase {
  /** Rank of this process in the communicator, 0 … size - 1 (MPI_Comm_rank). */
  readonly rank: number;
  /** Number of ranks in the communicator (MPI_Comm_size). */
  readonly size: number;
  /** A name for messages (MPI_Comm_set_name). */
  name: string;
  /** @internal */
  protected readonly endpoint: Endpoint;
  /** @internal */
  protected readonly members: Members;
  /** @internal */
  protected readonly context: number;
  #sequence = 0;

  /** @internal */
  protected constructor({ endpoint, members, rank, context, name }: CommunicatorParts) {
    this.endpoint = endpoint;
    this.members = members;
    this.rank = rank;
    this.size = members.size;
    this.context = context;
    this.name = name;
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }

  /** @internal */
  protected caller(operation: string): Caller {
    return { rank: this.rank, size: this.size, operation };
  }

  /** Opens the channel of the next collective; its number is taken now, so call order is matching order. */
  protected channel(operation: string): Channel {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 2 ** 31;
    return openChannel(this.endpoint, this.members, this.rank, this.context + 1, sequence, operation);
  }

  /** @internal An error as a rejection whose stack begins at the user's call of `method`. */
  protected rejection(
    error: unknown,
    operation: string,
    method: (...args: never[]) => unknown,
  ): Promise<never> {
    return Promise.reject(this.explain(error, operation, method));
  }

  /** @internal */
  protected explain(error: unknown, operation: string, method?: (...args: never[]) => unknown): Error {
    if (!(error instanceof MPIError)) return error instanceof Error ? error : new Error(String(error));
    const explained = error.at(this.caller(operation));
    return method === undefined ? explained : explained.withoutFramesOf(method);
  }
}
