import type { SendOrder, Unfinished } from "./operation.js";
import type { Outgoing } from "./outgoing.js";
import type { Wire } from "./wire.js";

/** Sends of this rank to itself that have not matched. */
export class OwnSends {
  readonly #sends = new Set<Outgoing>();

  constructor(private readonly wire: Wire) {}

  /** A promise for the end of one that has to wait. */
  wait(own: Outgoing): Promise<void> {
    this.#sends.add(own);
    this.wire.begin();
    return own.wait(() => {
      this.#sends.delete(own);
      this.wire.end();
    });
  }

  /** Fails each for which there is a reason and whose message `remove` has found not to be matched. */
  withdraw(
    reasonOf: (order: SendOrder) => Error | undefined,
    remove: (order: SendOrder, own: Outgoing) => boolean,
  ): void {
    for (const own of [...this.#sends]) {
      const reason = reasonOf(own.order);
      if (reason !== undefined && remove(own.order, own)) own.fail(reason);
    }
  }

  *unfinished(): Iterable<Unfinished> {
    for (const own of this.#sends) {
      const { operation, dest, tag, context, site } = own.order;
      yield { operation, peer: dest, tag, context, site, key: own };
    }
  }
}
