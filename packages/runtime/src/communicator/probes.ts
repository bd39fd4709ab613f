import type { CallSite } from "../call-site.js";
import type { Inbound, PostedProbe } from "../endpoint/operation.js";
import type { Status } from "../status.js";
import type { Members } from "./members.js";

/** A user's probe: completes with the message it has found. */
export class Probe implements PostedProbe {
  readonly promise: Promise<Inbound | undefined>;
  /** Where it was called, if it had to wait. */
  site: CallSite | undefined;
  settled = false;
  #resolve!: (message: Inbound | undefined) => void;
  #reject!: (error: Error) => void;

  /** @param source world rank or ANY */
  constructor(
    readonly operation: string,
    readonly source: number,
    readonly tag: number,
    readonly probe: "peek" | "take",
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  found(message: Inbound): void {
    this.settled = true;
    this.#resolve(message);
  }

  fail(error: Error): void {
    this.settled = true;
    this.#reject(this.site?.locate(error) ?? error);
  }

  /** The probe has been withdrawn: there was nothing. */
  withdrawn(): void {
    this.#resolve(undefined);
  }
}

/** What a probe tells of a message. */
export function statusOf({ source, tag, bytes }: Inbound, members: Members): Status {
  return { source: members.rankOf(source), tag, bytes, cancelled: false };
}
