import { CallSite } from "./call-site.js";

/** Calls that are remembered one by one; of those that follow, one in so many, and of those that follow thousands. */
const REMEMBERED_CALLS = 1000;
const EACH = 17;
const MANY_CALLS = 10_000;
const EACH_OF_MANY = 257;
const MOST_SIGNATURES = 256;
/** Sites kept of calls that look alike. */
const KEPT = 4;

type Method = (...args: never[]) => unknown;

/**
 * Where calls were made that were over at once. Recording that costs more than such a call does, and is needed only if
 * ranks turn out to have made different ones: so it is done for the first thousand, for the first of each kind, and for
 * samples of the others. A call that is not recorded is taken to come from where those like it came from, if that is one
 * place.
 */
export class CallSites {
  readonly #known = new Map<number, CallSite[]>();
  #calls = 0;

  /** @param isDoubtful other ranks may have made a different call */
  record(signature: number, method: Method, isDoubtful: boolean): CallSite | undefined {
    const isSample = ++this.#calls % (this.#calls <= MANY_CALLS ? EACH : EACH_OF_MANY) === 1;
    const known = this.#known.get(signature);
    const isNew = known === undefined && this.#known.size < MOST_SIGNATURES;
    if (!isSample && !isNew && !(isDoubtful && this.#calls <= REMEMBERED_CALLS)) return undefined;
    const site = new CallSite(method);
    if (known !== undefined) {
      if (known.length === KEPT) known.shift();
      known.push(site);
    } else if (isNew) {
      this.#known.set(signature, [site]);
    }
    return site;
  }

  /** Where calls with this signature were made, if all that are known were made in one place. */
  of(signature: number): CallSite | undefined {
    const [first, ...others] = this.#known.get(signature) ?? [];
    return others.every(({ place }) => place === first!.place) ? first : undefined;
  }
}
