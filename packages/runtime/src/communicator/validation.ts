import { MPIError } from "@tsmpi/protocol";
import { encode } from "../codec/encode.js";
import { rawClassOf } from "../codec/format.js";
import { ANY_SOURCE, ANY_TAG, PROC_NULL, TAG_UB } from "../constants.js";
import type { OptionNames } from "../option-names.js";
import { quote } from "../quote.js";
import type { OpLike, Op } from "../operators/operator.js";
import { createOp } from "../operators/operator.js";
import { checkOperand } from "../operators/predefined.js";

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

/** Options and root of a collective. Every rank checks them, so what is wrong is rejected everywhere. */
export function checkRoot(root: number, options: object, names: OptionNames, caller: Caller): void {
  names.check(options);
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

/** Where to receive into. */
export function checkInto(into: unknown, caller: Caller): void {
  if (isReceiveBuffer(into)) return;
  throw new MPIError(
    "ERR_ARG",
    `into is ${quote(into)}; pass a typed array, Buffer, DataView or ArrayBuffer`,
    caller,
  );
}

/** Bits to agree on. */
export function checkFlags(flags: unknown, caller: Caller): void {
  if (flags === ((flags as number) | 0) || flags === (flags as number) >>> 0) return;
  throw new MPIError("ERR_ARG", `${quote(flags)} is not a whole number of 32 bits`, caller);
}

/** The operation of a reduction of `data`, which a rank alone checks as several would. */
export function checkOpOn<T>(op: OpLike<T>, data: T, caller: Caller): Op<T> {
  const operation = checkOp(op, caller);
  if (caller.size > 1) return operation;
  try {
    checkOperand(operation, data);
  } catch (error) {
    encode(data); // what cannot even be sent is the graver mistake
    throw error;
  }
  return operation;
}

/** The operation of a reduction; a plain function becomes one. */
export function checkOp<T>(op: OpLike<T>, caller: Caller): Op<T> {
  if (typeof op === "function") return createOp(op);
  if (typeof op === "object" && op !== null && typeof op.combine === "function") return op as Op<T>;
  throw new MPIError(
    "ERR_OP",
    `${quote(op)} is not an operation; pass SUM, MAX, … or a function of two values${remedyFor(op, caller)}`,
    caller,
  );
}

/** For what people pass in the place of an operation. */
function remedyFor(op: unknown, { operation }: Caller): string {
  const isList = Array.isArray(op) || ArrayBuffer.isView(op);
  if (isList) return `; there is no receive buffer, ${operation} returns the result: ${operation}(data, SUM)`;
  if (operation !== "reduce") return "";
  if (typeof op === "number") return `; options come third: reduce(data, SUM, { root: ${op} })`;
  return typeof op === "object" && op !== null ? "; options come third: reduce(data, SUM, { root })" : "";
}

/** For a call that has got more arguments than it takes: what is said there would count for nothing. */
export function tooMany(given: number, call: string): MPIError {
  return new MPIError(
    "ERR_ARG",
    `${given} argument${given > 1 ? "s are" : " is"} too many; the call is ${call}`,
  );
}

/** Whether a value can be received into. */
export function isReceiveBuffer(into: unknown): boolean {
  return typeof into === "object" && into !== null && rawClassOf(into) !== undefined;
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
  const isNumber = typeof rank === "number";
  const problem = isNumber ? `is not in this communicator of ${caller.size}` : "is not a number";
  const hint = what === "destination" ? destinationHint(rank, caller) : "";
  return new MPIError(code, `${what} ${quote(rank)} ${problem}; it must be ${range}${more}${hint}`, {
    ...caller,
    peer: isNumber ? rank : undefined,
  });
}

/** What may have been meant. */
function destinationHint(dest: unknown, { operation, size }: Caller): string {
  if (typeof dest !== "number") return `; the call is ${operation}(data, dest, { … })`;
  if (dest < 0 && dest > -size) return "; % leaves a negative number negative: (rank + size - 1) % size";
  return size === 1 && dest > 0 ? "; start several ranks with tsmpirun -n" : "";
}

function tagError(tag: number, caller: Caller, besides: string): MPIError {
  return new MPIError(
    "ERR_TAG",
    `tag ${quote(tag)} is not a whole number from 0 to TAG_UB (${TAG_UB})${besides}`,
    caller,
  );
}
