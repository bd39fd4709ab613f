import { MPIError } from "@tsmpi/protocol";
import type { CallSite } from "../call-site.js";
import { processBound } from "../codec/unsendable.js";
import { ContextOf, isPermanent } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { REMEMBERED, type Ledger } from "../endpoint/ledger.js";
import { Boarding } from "./boarding.js";
import { CollectiveCall, type CallParts } from "./collective.js";
import { Group } from "./group.js";
import { some, worldRanksOf, type Members } from "./members.js";
import { QuickCall, type QuickBase } from "./quick.js";
import { Terms, type CallDetails } from "./terms.js";
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

/** What the user calls. */
export type Method = (...args: never[]) => unknown;

/**
 * `self`, if it is a communicator: for a call that has failed. That of a method taken off its communicator
 * (`const { send } = world`) fails at once, for there is no communicator.
 */
export function attached<T>(self: T, operation: string): T {
  if (self instanceof CommunicatorBase) return self;
  throw new MPIError(
    "ERR_COMM",
    `${operation} was called without its communicator; write world.${operation}(…), for a method belongs to the object before the dot`,
  );
}

/** State that all operations of a communicator share. */
export abstract class CommunicatorBase {
  /** Rank of this process in the communicator, 0 … size - 1 (MPI_Comm_rank). */
  declare readonly rank: number;
  /** Number of ranks in the communicator (MPI_Comm_size). */
  declare readonly size: number;
  /** A name for messages (MPI_Comm_set_name). */
  name: string;
  /** @internal */
  protected readonly members: Members;
  /** @internal */
  protected readonly context: number;
  readonly #endpoint: Endpoint;
  /** @internal */
  protected readonly boarding = new Boarding();
  /** @internal False while an operation is begun that others are to overlap. */
  protected patient = true;
  #group: Group | undefined;
  #sequence = 0;
  /** As many as are remembered after their end; each is used again when it is forgotten. */
  readonly #quick: (QuickCall | undefined)[] = [];
  #freed = false;

  /** @internal */
  protected constructor({ endpoint, members, rank, context, name }: CommunicatorParts) {
    this.#endpoint = endpoint;
    this.members = members;
    // `if (world.rank = 0)` must not go unnoticed.
    Object.defineProperty(this, "rank", { value: rank, enumerable: true });
    Object.defineProperty(this, "size", { value: members.size, enumerable: true });
    this.context = context;
    this.name = name;
    endpoint.audiences.add(context, members, this);
  }

  /** The ranks of the communicator, as a value that outlives it (MPI_Comm_group). */
  get group(): Group {
    return (this.#group ??= new Group(worldRanksOf(this.members), this.members.worldRankOf(this.rank)));
  }

  /** @internal */
  toJSON(): never {
    return processBound();
  }

  /** @internal Throws ERR_COMM when the communicator has been freed, as do `caller` and `call`. */
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

  /** @internal Opens the next collective; its number is taken now, so call order is matching order. */
  protected call(operation: string, method: Method, details: CallDetails, internal = false): CollectiveCall {
    this.#checkUsable();
    this.#endpoint.checkOpen();
    const terms = Terms.of(operation, details);
    return this.#made(
      { sequence: this.#number(), operation, method, terms, patient: this.patient },
      internal,
    );
  }

  /** @internal The same for one that may be over at once; undefined if it has to be an ordinary one. */
  protected quickCall(operation: string, method: Method, details: CallDetails): QuickCall | undefined {
    const board = this.boarding.readyBoardOf(this.#sequence);
    if (board === undefined || this.#freed || this.#endpoint.closed || !board.isFree(this.#sequence))
      return undefined;
    const sequence = this.#number();
    const slot = sequence % REMEMBERED;
    let quick = this.#quick[slot];
    if (quick === undefined || quick.made !== undefined) {
      this.#quick[slot] = quick = new QuickCall(this.#quickBase, board);
    }
    return quick.begin(sequence, operation, method, Terms.of(operation, details), this.patient);
  }

  /** @internal Where to note a quick call; undefined if there can be none now. */
  protected get quietLedger(): Ledger | undefined {
    return this.#endpoint.calls.quietLedger(this.context + ContextOf.COLLECTIVES);
  }

  /** @internal Opens a collective of the members of a group; calls with one tag are told apart by nothing else. */
  protected groupCall({ ranks, rank }: Group, tag: number, method: Method): CollectiveCall {
    return new CollectiveCall({
      endpoint: this.endpoint,
      members: some(ranks),
      numbering: this.members,
      rank,
      context: this.context + ContextOf.CREATION,
      sequence: tag,
      name: this.name,
      operation: "createGroup",
      method,
      boarding: undefined,
      patient: true,
      internal: false,
      terms: new Terms("createGroup", { more: `world ranks ${ranks.join(", ")}` }),
    });
  }

  /** @internal An error as a rejection whose stack begins at the user's call of `method`. */
  protected rejection(error: unknown, operation: string, method: Method): Promise<never> {
    return Promise.reject(this.explain(error, operation, method));
  }

  /** @internal An error in this communicator's words; `called` is the method under way, or where it was called. */
  protected explain(error: unknown, operation: string, called?: Method | CallSite): Error {
    if (!(error instanceof MPIError)) return error instanceof Error ? error : new Error(String(error));
    if (called === undefined && error.isPlaced) return error;
    const explained = error.at({ rank: this.rank, operation });
    if (called === undefined) return explained;
    return typeof called === "function" ? explained.withoutFramesOf(called) : called.locate(explained);
  }

  #number(): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 2 ** 31;
    return sequence;
  }

  #made(
    parts: Pick<CallParts, "sequence" | "operation" | "method" | "terms" | "patient">,
    internal: boolean,
  ) {
    const { members, rank, context, name, boarding } = this;
    const { sequence, operation, method, terms, patient } = parts;
    // Not `...parts`: spreading into a larger object took microseconds, a hundred times as long as the rest.
    return new CollectiveCall({
      sequence,
      operation,
      method,
      terms,
      patient,
      endpoint: this.#endpoint,
      members,
      numbering: members,
      rank,
      context: context + ContextOf.COLLECTIVES,
      name,
      boarding,
      internal,
    });
  }

  get #quickBase(): QuickBase {
    const { members, rank, context } = this;
    return {
      endpoint: this.#endpoint,
      members,
      rank,
      context: context + ContextOf.COLLECTIVES,
      nameOf: () => this.name, // it may change between calls
      make: (call) => this.#made(call, false),
    };
  }

  #checkUsable(): void {
    if (this.#freed) throw new MPIError("ERR_COMM", `"${this.name}" has been freed`);
  }
}
