import { MPIError } from "@tsmpi/protocol";
import { ANY_SOURCE, ANY_TAG, PROC_NULL, TAG_UB } from "../constants.js";
import type { OpLike, Op } from "../operators/operator.js";
import { createOp } from "../operators/operator.js";

/** Who asks, for error messages. */
export interface Caller {
  readonly rank: number;
  readonly size: number;
  readonly operation: string;
}

/** A destination: a rank, or PROC_NULL. */
export function checkDestination(dest: number, caller: Caller): void {
  if (dest === PROC_NULL || isRank(dest, caller.size)) return;
  throw rankError("ERR_RANK", "destination", dest, caller, "PROC_NULL");
}

/** A source: a rank, ANY_SOURCE or PROC_NULL. */
export function checkSource(source: number, caller: Caller): void {
  if (source === ANY_SOURCE || source === PROC_NULL || isRank(source, caller.size)) return;
  throw rankError("ERR_RANK", "source", source, caller, "ANY_SOURCE or PROC_NULL");
}

/** The root of a collective. Every rank checks it, so a wrong one is rejected everywhere. */
export function checkRoot(root: number, caller: Caller): void {
  if (!isRank(root, caller.size)) throw rankError("ERR_ROOT", "root", root, caller, undefined);
}

/** The tag of a message that is sent. */
export function checkSendTag(tag: number, caller: Caller): void {
  if (!isTag(tag)) throw tagError(tag, caller, "");
}

/** The tag of a receive. */
export function checkReceiveTag(tag: number, caller: Caller): void {
  if (tag !== ANY_TAG && !isTag(tag)) throw tagError(tag, caller, ", or ANY_TAG");
}

/** The operation of a reduction; a plain function becomes one. */
export function checkOp<T>(op: OpLike<T>, caller: Caller): Op<T> {
  if (typeof op === "function") return createOp(op);
  if (typeof op === "object" && op !== null && typeof op.combine === "function") return op as Op<T>;
  throw new MPIError(
    "ERR_OP",
    `${String(op)} is not an operation; pass SUM, MAX, … or a function of two values`,
    caller,
  );
}

function isRank(rank: unknown, size: number): boolean {
  return Number.isInteger(rank) && (rank as number) >= 0 && (rank as number) < size;
}

function isTag(tag: unknown): boolean {
  return Number.isInteger(tag) && (tag as number) >= 0 && (tag as number) <= TAG_UB;
}

function rankError(
  code: "ERR_RANK" | "ERR_ROOT",
  what: string,
  rank: number,
  caller: Caller,
  besides: string | undefined,
) {
  const range = `a whole number from 0 to ${caller.size - 1}`;
  const more = besides === undefined ? "" : `, or ${besides}`;
  return new MPIError(
    code,
    `${what} ${String(rank)} is not in this communicator of ${caller.size}; it must be ${range}${more}`,
    { ...caller, peer: rank },
  );
}

function tagError(tag: number, caller: Caller, besides: string): MPIError {
  return new MPIError(
    "ERR_TAG",
    `tag ${String(tag)} is not a whole number from 0 to TAG_UB (${TAG_UB})${besides}`,
    caller,
  );
}
