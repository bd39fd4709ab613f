import type { MessageRace, RacingMessage } from "@tsmpi/protocol";
import { CallSite } from "../call-site.js";
import { firstContext } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { MatcherMaker } from "../endpoint/matchers.js";
import type { Inbound, Posted } from "../endpoint/operation.js";
import { ANY, Matcher, type Pattern } from "../matching/matcher.js";
import { RacingMatcher } from "../matching/racing.js";

/** Frames between the user's call and the endpoint are among those kept. */
const FRAMES = 12;
/** So many places are told. */
const MOST = 32;

/** The receives and probes from any source of this rank that messages of several ranks fitted. */
export class Races {
  readonly #places = new WeakMap<Pattern, string>();
  readonly #found = new Map<string, MessageRace>();
  #endpoint: Endpoint | undefined;
  #looked = 0;

  /** Each is told once for each place in the source. */
  get found(): MessageRace[] {
    return [...this.#found.values()];
  }

  /** Whose matchers these are. */
  watch(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
  }

  /** To be called before a receive or probe is posted. */
  note(posted: Posted, method: (...args: never[]) => unknown): void {
    if (posted.source === ANY) this.#places.set(posted, new CallSite(method, FRAMES).place);
  }

  /** Collectives receive from nobody but a rank they know. */
  readonly newMatcher: MatcherMaker = (context) =>
    context === firstContext(context)
      ? new RacingMatcher<Posted, Inbound>(
          this.#endpoint!.rank,
          () => this.#sent(),
          (receive, taken, other) => this.#tell(receive as Posted, taken, other),
        )
      : new Matcher();

  #tell(receive: Posted, taken: Inbound, other: Inbound): void {
    const place = this.#places.get(receive) ?? "";
    const { operation } = receive;
    const key = `${operation} ${place}`;
    if (this.#found.has(key) || this.#found.size === MOST) return;
    const communicator = this.#endpoint!.audiences.nameOf(taken.context);
    this.#found.set(key, {
      operation,
      place,
      ...(communicator === undefined ? {} : { communicator }),
      messages: [racing(taken), racing(other)],
    });
  }

  /** Grows with everything from which others may learn what this rank has done before. */
  #sent(): number {
    const { agreements, failures } = this.#endpoint!;
    if (failures.any) return -++this.#looked; // who has failed and what is revoked others learn from the launcher
    return agreements.count + sum(Object.values(this.#endpoint!.counts("sent")));
  }
}

function racing({ source, tag, shape }: Inbound): RacingMessage {
  return { source, tag, ...(shape === 0 ? {} : { site: shape }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
