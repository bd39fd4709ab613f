import type { MPIError } from "@tsmpi/protocol";
import type { Audience } from "./audience.js";
import type { PostedReceive } from "./operation.js";

/** What identifies a call: two ranks' calls belong together if these agree. */
export interface Signature {
  readonly signature: number;
  /** 0 where ranks may differ. */
  readonly shape: number;
}

/** What a rank has called, in the user's words. */
export interface Account {
  /** "bcast with root 0". */
  readonly what: string;
  /** `file:line:column`; "" if it is not known. */
  readonly place: string;
}

/** One call of a collective by this rank. */
export interface Call extends Signature {
  readonly context: number;
  /** Number of the call on its communicator; the tag of its messages. */
  readonly sequence: number;
  /** Who should have made the same call. */
  readonly audience: Audience;
  /** The communicator that it was called on. */
  readonly numbering: Audience;
  /** Its name. */
  readonly name: string;
  /** Not the user's. */
  readonly internal: boolean;
  /** True from `suspend` on. */
  readonly suspended: boolean;
  account(): Account;
  /** `account`, with the place as V8 writes it: cheaper. */
  words(): { readonly what: string; readonly frame: string };
  /** Ranks disagree: nothing is sent or received any more, and `held` wait for `reject`, which follows. */
  suspend(held: readonly PostedReceive[]): void;
  reject(error: MPIError): void;
  /** World ranks that it waits for otherwise than by receives. */
  awaited(): readonly number[];
}

/** Whether two ranks have made the same call. */
export function agree(a: Signature, b: Signature): boolean {
  return a.signature === b.signature && (a.shape === b.shape || a.shape === 0 || b.shape === 0);
}
