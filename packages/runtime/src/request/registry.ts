import { CallSite } from "../call-site.js";

/** A request or promise, as far as one asks whether somebody has waited for it. */
export interface Awaitable {
  /** True once somebody has asked for the end of a promise, or a request's completion has been told, or it has been cancelled. */
  readonly settled: boolean;
}

interface Entry {
  readonly request: Awaitable;
  /** Of a promise: what has been called. */
  readonly operation: string | undefined;
  /** As text once one has looked in vain: that takes less memory. */
  site: CallSite | string;
}

/** Requests that nobody has waited for, or promises of one operation, of one place. */
interface Unawaited {
  readonly operation?: string;
  readonly place: string;
  count: number;
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

  /**
   * @param maker the constructor that has been called, or the method
   * @param operation of a promise
   */
  note(request: Awaitable, maker: CallableFunction | NewableFunction, operation?: string): void {
    if (!this.#keeps) return;
    const site = new CallSite(maker as () => unknown, FRAMES);
    this.#requests.push({ request, operation, site });
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

  /** Where requests were made, and operations called, that nobody has waited for, and how many. */
  places(): Unawaited[] {
    this.#forget();
    const found = new Map<string, Unawaited>();
    for (const { operation, site } of this.#requests) {
      const place = site as string;
      const key = `${operation} ${place}`;
      const known = found.get(key);
      if (known !== undefined) known.count++;
      else found.set(key, { ...(operation === undefined ? {} : { operation }), place, count: 1 });
    }
    return [...found.values()];
  }

  /** Forgets what has been waited for; the others have their places as text afterwards. */
  #forget(): void {
    this.#requests = this.#requests.filter(({ request }) => !request.settled);
    for (const entry of this.#requests) if (entry.site instanceof CallSite) entry.site = entry.site.place;
  }
}

export const registry = new Registry();
