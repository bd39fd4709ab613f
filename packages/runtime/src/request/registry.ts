import { CallSite } from "../call-site.js";

/** A request, as far as one asks whether somebody has waited for it. */
export interface Awaitable {
  /** True once its completion has been told, or it has been cancelled. */
  readonly settled: boolean;
}

interface Entry {
  readonly request: Awaitable;
  readonly site: CallSite;
}

/** From this many requests on, those that have been waited for are forgotten now and then. */
const MANY = 1000;
/** A few frames are our own. */
const FRAMES = 12;

/** Where the requests and communicators of this rank were made; kept only if somebody wants to know at the end. */
class Registry {
  #keeps = false;
  #requests: Entry[] = [];
  #most = MANY;
  readonly #makings = new WeakMap<object, CallSite>();

  get keeps(): boolean {
    return this.#keeps;
  }

  keep(): void {
    this.#keeps = true;
  }

  /** @param maker the constructor that has been called */
  note(request: Awaitable, maker: new (...args: never[]) => unknown): void {
    if (!this.#keeps) return;
    this.#requests.push({ request, site: new CallSite(maker as unknown as () => unknown, FRAMES) });
    if (this.#requests.length < this.#most) return;
    this.#forget();
    this.#most = Math.max(MANY, 2 * this.#requests.length);
  }

  /** Where something was made. */
  noteMaking(made: object, site: CallSite | undefined): void {
    if (site !== undefined) this.#makings.set(made, site);
  }

  /** "" if that is not known. */
  placeOf(made: object): string {
    return this.#makings.get(made)?.place ?? "";
  }

  /** Where requests were made that nobody has waited for, and how many. */
  places(): { place: string; count: number }[] {
    this.#forget();
    const counts = new Map<string, number>();
    for (const { site } of this.#requests) counts.set(site.place, (counts.get(site.place) ?? 0) + 1);
    return [...counts].map(([place, count]) => ({ place, count }));
  }

  #forget(): void {
    this.#requests = this.#requests.filter(({ request }) => !request.settled);
  }
}

export const registry = new Registry();
