import { MPIError, type Ballot, type Outcome } from "@tsmpi/protocol";
import type { CallSite } from "../call-site.js";
import type { Unfinished } from "./operation.js";
import type { Wire } from "./wire.js";

/** What the launcher does for ranks that go on after a failure. */
export interface Council {
  /** Takes part in an agreement; `Agreements.concluded` follows when every member that is still there has. */
  vote(ballot: Ballot): void;
  /** Tells the others that the communicator with this first context is revoked. */
  revoke(context: number): void;
  /** Tells that this program knows of these failures. */
  noticed(ranks: readonly number[]): void;
}

interface Waiting extends Unfinished {
  readonly resolve: (outcome: Outcome) => void;
}

/** The agreements that this rank takes part in. Nothing of them goes from rank to rank. */
export class Agreements {
  /** Undefined where there is no launcher. */
  council: Council | undefined;
  /** Number of the next agreement, by the communicator's first context. */
  readonly #next = new Map<number, number>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(private readonly wire: Wire) {}

  /** Resolves when it is decided. The order of the calls says which ballots belong together. */
  propose(ballot: Omit<Ballot, "number">, site: CallSite): Promise<Outcome> {
    const { context, operation } = ballot;
    this.wire.begin();
    if (this.council === undefined) throw new MPIError("ERR_OTHER", "there is no launcher to ask");
    const number = this.#next.get(context) ?? 0;
    this.#next.set(context, number + 1);
    return new Promise((resolve) => {
      const key = {};
      const what = { operation, peer: undefined, tag: undefined, context, site, key };
      this.#waiting.set(`${context} ${number}`, { ...what, resolve });
      this.council!.vote({ ...ballot, number });
    });
  }

  /** How many this rank has taken part in. */
  get count(): number {
    return [...this.#next.values()].reduce((sum, number) => sum + number, 0);
  }

  concluded(outcome: Outcome): void {
    const name = `${outcome.context} ${outcome.number}`;
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    this.wire.end();
    waiting.resolve(outcome);
  }

  unfinished(): Iterable<Unfinished> {
    return this.#waiting.values();
  }
}
