import { MPIError } from "@tsmpi/protocol";
import type { Channel } from "../channel.js";
import { processBound } from "../codec/unsendable.js";
import { ContextOf, isPermanent } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { openChannel } from "./collective.js";
import { Group } from "./group.js";
import { some, worldRanksOf, type Members } from "./members.js";
import type { Caller } from "./validation.js";

/** What a communicator is made of. */
export interface CommunicatorParts {
  readonly endpoint: Endpoint;
  readonly members: Members;
  readonly rank: number;
  /** Its first context, that of point-to-point messages. */
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
  protected readonly members: Members;
  /** @internal */
  protected readonly context: number;
  readonly #endpoint: Endpoint;
  #group: Group | undefined;
  #sequence = 0;
  #freed = false;

  /** @internal */
  protected constructor({ endpoint, members, rank, context, name }: CommunicatorParts) {
    this.#endpoint = endpoint;
    this.members = members;
    this.rank = rank;
    this.size = members.size;
    this.context = context;
    this.name = name;
    endpoint.introduce(context, members);
  }

  /** The ranks of the communicator, as a value that outlives it (MPI_Comm_group). */
  get group(): Group {
    return (this.#group ??= new Group(worldRanksOf(this.members), this.members.worldRankOf(this.rank)));
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }

  /** @internal Throws ERR_COMM when the communicator has been freed, as do `caller` and `channel`. */
  protected get endpoint(): Endpoint {
    this.#checkUsable();
    return this.#endpoint;
  }

  /** @internal */
  protected get freed(): boolean {
    return this.#freed;
  }

  /** @internal True for world and self. */
  protected get permanent(): boolean {
    return isPermanent(this.context);
  }

  /** @internal */
  protected caller(operation: string): Caller {
    this.#checkUsable();
    return { rank: this.rank, size: this.size, operation };
  }

  /** @internal From now on nothing can be called on this communicator. */
  protected close(): void {
    this.#freed = true;
  }

  /** @internal What a communicator of some of these ranks, in this order, is made of. */
  protected partsOf(ranks: readonly number[], context: number, name: string): CommunicatorParts {
    const worldRanks = ranks.map((rank) => this.members.worldRankOf(rank));
    return {
      endpoint: this.#endpoint,
      members: some(worldRanks),
      rank: ranks.indexOf(this.rank),
      context,
      name,
    };
  }

  /** Opens the channel of the next collective; its number is taken now, so call order is matching order. */
  protected channel(operation: string): Channel {
    this.#checkUsable();
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 2 ** 31;
    const context = this.context + ContextOf.COLLECTIVES;
    return openChannel(this.endpoint, this.members, this.rank, context, sequence, operation);
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
    const explained = error.at({ rank: this.rank, operation });
    return method === undefined ? explained : explained.withoutFramesOf(method);
  }

  #checkUsable(): void {
    if (this.#freed) throw new MPIError("ERR_COMM", `"${this.name}" has been freed`);
  }
}
