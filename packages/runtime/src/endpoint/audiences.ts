import type { Audience } from "./audience.js";
import { firstContext } from "./contexts.js";

/** Who talks in which context. A communicator is introduced by its first context and has those that follow. */
export class Audiences {
  readonly #audiences = new Map<number, Audience>();
  readonly #named = new Map<number, { readonly name: string }>();

  /** @param named the communicator, which may be given another name any time */
  add(context: number, audience: Audience, named: { readonly name: string }): void {
    this.#audiences.set(context, audience);
    this.#named.set(context, named);
  }

  /** Undefined for a context of no communicator. */
  of(context: number): Audience | undefined {
    return this.#audiences.get(firstContext(context));
  }

  /** All communicators by their first contexts: world, self, and the others from the oldest on. */
  all(): Iterable<[context: number, audience: Audience]> {
    return this.#audiences;
  }

  nameOf(context: number): string | undefined {
    return this.#named.get(firstContext(context))?.name;
  }

  /** The communicators whose first context is one of these. */
  named(chosen: (context: number) => boolean): { readonly name: string }[] {
    return [...this.#named].filter(([context]) => chosen(context)).map(([, named]) => named);
  }

  delete(context: number): void {
    this.#audiences.delete(context);
    this.#named.delete(context);
  }
}
