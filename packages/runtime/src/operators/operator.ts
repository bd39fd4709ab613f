import { MPIError } from "@tsmpi/protocol";
import { OptionNames } from "../option-names.js";
import { quote } from "../quote.js";

/**
 * An operation that combines values of several ranks (MPI 4.1, 6.9). Associative; combined in rank
 * order unless it says that it commutes.
 */
export interface Op<T = unknown> {
  /** What messages call it. */
  readonly name: string;
  /** op(a, b) equals op(b, a). */
  readonly commutative: boolean;
  /** On arrays, works on each pair of elements by itself, so that arrays may be cut in pieces. */
  readonly elementwise: boolean;
  /**
   * The combination of `a` (lower ranks) and `b` (higher ranks). Neither is changed, except that a
   * predefined operation on typed arrays writes its result into `scratch` if that is given; it is
   * one of the two.
   */
  readonly combine: (a: T, b: T, scratch?: T) => T;
}

const OPTIONS = new OptionNames("createOp(fn, ", "commutative", "elementwise", "name");

/** Options of {@link createOp}. */
export interface OpOptions {
  /**
   * The operation gives the same with its arguments exchanged. Default false: combined strictly in rank
   * order. True allows hosts to be combined one by one even if their ranks are not numbered in a row.
   */
  readonly commutative?: boolean;
  /**
   * On arrays of equal length the operation works on each pair of elements by itself, and gives an array
   * of their kind. Default false. True allows large arrays to be combined piece by piece; then every rank
   * must pass the same type and length.
   */
  readonly elementwise?: boolean;
  /** For messages; default: the function's name. */
  readonly name?: string;
}

/**
 * Makes an operation of a function (MPI_Op_create; MPI 4.1, 6.9.5). Local. The function gets the
 * value of the lower ranks first, must be associative and must not change its arguments.
 *
 * @param fn combines two values into one
 * @throws ERR_ARG if `fn` is not a function, or an option unknown
 * @returns an operation for every reduction; nothing needs to be freed
 * @example const longer = createOp((a: string, b: string) => (b.length > a.length ? b : a), { name: "longer" });
 */
export function createOp<T>(fn: (a: T, b: T) => T, options: OpOptions = {}): Op<T> {
  if (typeof fn !== "function") {
    throw new MPIError("ERR_ARG", `${quote(fn)} is not a function of two values`, { operation: "createOp" });
  }
  OPTIONS.check(options);
  const { commutative = false, elementwise = false, name = fn.name || "user operation" } = options;
  const combine = (a: T, b: T) => {
    const result = fn(a, b);
    const isSuspect = typeof result === "string" || result === undefined || result !== result;
    if (isSuspect) checkResult(name, a, b, result);
    return result;
  };
  return { name, commutative, elementwise, combine };
}

/**
 * Throws ERR_OP for what is no array and comes of two: of typed ones text, NaN or nothing; of plain ones NaN, or what
 * `a + b` makes of them.
 */
function checkResult(name: string, a: unknown, b: unknown, result: unknown): void {
  const isTyped = ArrayBuffer.isView(a) && ArrayBuffer.isView(b);
  if (!isTyped) {
    if (!Array.isArray(a) || !Array.isArray(b)) return;
    if (result === undefined || (typeof result === "string" && result !== `${String(a)}${String(b)}`)) return;
  }
  const kind = isTyped ? a.constructor.name : "list";
  throw new MPIError(
    "ERR_OP",
    `the operation "${name}" made ${quote(result)} of two arrays: it gets whole arrays, not their elements; ` +
      `pass SUM, MAX, … or a function that returns a ${kind}`,
  );
}

/** What an operation parameter accepts: a predefined or created operation, or a plain function. */
export type OpLike<T> = Op<T> | Op | ((a: T, b: T) => T);
