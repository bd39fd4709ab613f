/** Asserts about errors of the library. */
import assert from "node:assert/strict";
import { MPIError, type ErrorCode } from "tsmpi";

/** The promise rejects with an MPIError of this code; returns it. */
export async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<MPIError> {
  try {
    await promise;
  } catch (error) {
    return isMPIError(error, code);
  }
  assert.fail(`should have rejected with ${code}`);
}

/** The call throws an MPIError of this code; returns it. */
export function throws(call: () => unknown, code: ErrorCode): MPIError {
  try {
    call();
  } catch (error) {
    return isMPIError(error, code);
  }
  assert.fail(`should have thrown ${code}`);
}

function isMPIError(error: unknown, code: ErrorCode): MPIError {
  assert.ok(error instanceof MPIError, `not an MPIError: ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return error;
}
