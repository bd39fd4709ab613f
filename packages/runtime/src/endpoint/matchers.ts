import { Matcher } from "../matching/matcher.js";
import type { Inbound, Posted } from "./operation.js";

/** Makes the matcher of a context. */
export type MatcherMaker = (context: number) => Matcher<Posted, Inbound>;

/** One matcher for each context, made when it is needed. */
export class Matchers extends Map<number, Matcher<Posted, Inbound>> {
  readonly #make: MatcherMaker;

  constructor(make: MatcherMaker = () => new Matcher()) {
    super();
    this.#make = make;
  }

  of(context: number): Matcher<Posted, Inbound> {
    let matcher = this.get(context);
    if (matcher === undefined) this.set(context, (matcher = this.#make(context)));
    return matcher;
  }
}
