import { MPIError, type ErrorCode } from "@tsmpi/protocol";
import { registry } from "./registry.js";

/** A failure, as far as one asks whether anybody has been told. */
interface Failure {
  /** Somebody has asked how the request ended, or waits for it. */
  readonly heard: boolean;
  readonly error: unknown;
}

/** What becomes of requests that are given up, with a rank that has died or a communicator: nobody's mistake. */
const GIVEN_UP: readonly ErrorCode[] = ["ERR_PROC_FAILED", "ERR_REVOKED", "ERR_COMM"];
/** From this many on, those that have been heard of are forgotten now and then. */
const MANY = 100;

let failures: Failure[] = [];
let most = MANY;

/**
 * Notes that a request has failed. If nobody has asked for its error when the program has nothing left to do, it ends as it
 * would with any rejection that nobody handles; with --check it is told with what else is left.
 */
export function noteFailure(failure: Failure): void {
  if (failure.error instanceof MPIError && GIVEN_UP.includes(failure.error.code)) return;
  if (failures.length === 0 && !registry.keeps) process.prependOnceListener("beforeExit", raise);
  failures.push(failure);
  if (failures.length < most) return;
  failures = failures.filter(({ heard }) => !heard);
  most = Math.max(MANY, 2 * failures.length);
}

/** Errors that nobody has asked for. */
export function unheardErrors(): unknown[] {
  return failures.flatMap(({ heard, error }) => (heard ? [] : [error]));
}

function raise(): void {
  const [error] = unheardErrors();
  failures = [];
  if (error === undefined) return;
  // A program that has failed does not wait for the others.
  if (process.listenerCount("unhandledRejection") === 0) process.exitCode = 1;
  void Promise.reject(error);
}
