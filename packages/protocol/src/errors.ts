/**
 * The one table of errors. A code is stable: programs compare it, documents list it, tests name it.
 * The sentence says what the code means; the message of an actual error says rank, operation,
 * peer, offending value and remedy.
 */
export const ERRORS = {
  ERR_ARG: "an argument has the wrong type or is out of its range",
  ERR_RANK: "a destination or source is not a rank of the communicator",
  ERR_ROOT: "a root is not a rank of the communicator, or the ranks name different roots",
  ERR_TAG: "a tag is not a whole number from 0 to TAG_UB",
  ERR_TYPE: "a value cannot be sent, or `into` has another element type than the message",
  ERR_COUNT: "a list or array has the wrong number of items",
  ERR_OP: "an operation does not apply to the data, or a user's operation threw",
  ERR_TRUNCATE: "a message is longer than the buffer given for it",
  ERR_COLLECTIVE: "ranks called different collectives, or with different arguments",
  ERR_COMM: "the communicator has been freed or finalized, or cannot do this",
  ERR_GROUP: "a group names ranks that do not exist, or names one twice",
  ERR_DIMS: "the dimensions of a topology do not fit the communicator",
  ERR_REQUEST: "a request or message handle was used twice or has been cancelled",
  ERR_TIMEOUT: "an operation did not complete within its timeout",
  ERR_PROC_FAILED: "an operation needs a rank that has failed or has already left",
  ERR_REVOKED: "a rank has revoked the communicator",
  ERR_OTHER: "the transport or the control link failed",
} as const;

/** A stable error code, one of the keys of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** What an error knows about where it happened. */
export interface ErrorDetails {
  /** Rank in the communicator of the process that reports the error. */
  readonly rank?: number | undefined;
  /** Rank of the other side, where there is one. */
  readonly peer?: number | undefined;
  /** Name of the call as the user wrote it. */
  readonly operation?: string | undefined;
  readonly cause?: unknown;
}

/** Every error this library throws or rejects with. `code` is stable; `message` is for people. */
export class MPIError extends Error {
  /** Always "MPIError". */
  override readonly name = "MPIError";
  /** What went wrong, for programs (MPI_Error_class). */
  readonly code: ErrorCode;
  /** Rank in the communicator of the process that reports the error. */
  declare readonly rank: number;
  /** Rank of the other side, where there is one. */
  declare readonly peer: number | undefined;
  /** The call as the user wrote it: "recv", "allreduce". */
  declare readonly operation: string;
  readonly #text: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const where = [
      details.rank === undefined ? "" : `rank ${details.rank}`,
      details.operation === undefined ? "" : details.operation,
    ].filter((part) => part !== "");
    super(
      `${where.length > 0 ? `${where.join(", ")}: ` : ""}${message} [${code}]`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    // What is not known is not set: Node prints the fields of an error that nobody has caught.
    if (details.rank !== undefined) this.rank = details.rank;
    if (details.peer !== undefined) this.peer = details.peer;
    if (details.operation !== undefined) this.operation = details.operation;
    this.#text = message;
    this.#hideOwnFrames();
  }

  /** @internal The same error, saying where it happened. What it already knows stays. */
  at(details: ErrorDetails): MPIError {
    const behind = this.cause ?? details.cause;
    const cause = behind === undefined ? {} : { cause: behind };
    const { rank, peer, operation }: ErrorDetails = { ...details, ...this };
    // Not by its name: a bundler renames a class that mentions itself, and people see that name.
    return new (this.constructor as typeof MPIError)(this.code, this.#text, {
      ...{ rank, peer, operation },
      ...cause,
    });
  }

  /** @internal It knows itself where it happened. */
  get isPlaced(): boolean {
    return Object.hasOwn(this, "rank") && Object.hasOwn(this, "operation");
  }

  /** @internal Drops the stack frames of `method` and what it called: the user's call comes first. */
  withoutFramesOf(method: (...args: never[]) => unknown): this {
    Error.captureStackTrace(this, method);
    this.#hideOwnFrames();
    return this;
  }

  /** Leaves the frames of the user's program: ours say nothing about a user's mistake. */
  #hideOwnFrames(): void {
    const frames = this.stack?.split("\n").filter((line) => !line.includes(import.meta.url));
    if (frames !== undefined) this.stack = frames.join("\n");
  }
}

/**
 * @internal From now on errors of calls that belong to no communicator have this rank. It is no field of their own: what
 * is not known there a communicator may still say.
 */
export function placeErrors(rank: number): void {
  Object.assign(MPIError.prototype, { rank, operation: "" });
}
