import type {
  FinalCounts,
  Leftovers,
  MessageRace,
  UnfreedCommunicators,
  UnreceivedMessages,
} from "@tsmpi/protocol";
import { firstContext, isPermanent } from "../endpoint/contexts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { registry } from "../request/registry.js";

/** So many of each kind are told. */
const MOST = 8;

/** What a rank that has been asked to account for everything knows besides. */
export interface Account {
  /** Places from which it has sent, by the numbers that its messages carry, from 1 on. */
  readonly places: readonly string[];
  /** What nobody could be told when it happened, in words. */
  readonly faults: readonly string[];
  /** Undefined: nobody wants to know. */
  readonly races?: readonly MessageRace[] | undefined;
}

/** What this rank leaves undone at its end, or what others need to describe it: undefined if nothing. */
export function leftoversOf(endpoint: Endpoint, account: Account | undefined): Leftovers | undefined {
  const messages = unreceived(endpoint, account !== undefined);
  const requests = account === undefined ? [] : registry.places();
  const communicators = account === undefined ? [] : unfreed(endpoint);
  const { faults = [], places = [], races = [] } = account ?? {};
  const kinds = [messages, requests, communicators, faults, races];
  if (kinds.every(({ length }) => length === 0) && places.length === 0) return undefined;
  return {
    messages: messages.slice(0, MOST),
    requests: requests.slice(0, MOST),
    communicators: communicators.slice(0, MOST),
    faults: faults.slice(0, MOST),
    more: kinds.reduce((sum, { length }) => sum + Math.max(0, length - MOST), 0),
    places,
    ...(races.length === 0 ? {} : { races: races.slice(0, MOST) }),
  };
}

/** What the launcher compares with the other ranks' counts, to find messages that nobody has even read. */
export function finalCounts(endpoint: Endpoint): FinalCounts {
  const sent = endpoint.counts("sent");
  // Where calls did not fit together, what was sent for them is dropped or never read.
  if (endpoint.calls.disputed) return { sent };
  const all = endpoint.counts("due");
  const due = Object.entries(sent).flatMap(([rank, count]) => {
    const messages = all[Number(rank)] ?? 0;
    return messages === count ? [] : [[rank, messages]];
  });
  const received = endpoint.counts("received");
  return due.length === 0 ? { sent, received } : { sent, received, due: Object.fromEntries(due) };
}

/** Some of the messages that are here and that no receive fits. */
export function waitingMessages(endpoint: Endpoint): UnreceivedMessages[] {
  return unreceived(endpoint, false).slice(0, MOST);
}

/** Messages that are here and nobody has received, by sender, tag, communicator and place. */
function unreceived(endpoint: Endpoint, collectives: boolean): UnreceivedMessages[] {
  const kinds = new Map<string, UnreceivedMessages>();
  for (const { source, tag, context, shape } of endpoint.unreceived()) {
    const collective = context !== firstContext(context);
    if (collective && (!collectives || endpoint.calls.disputed)) continue;
    const key = collective ? `${source} ${context}` : `${source} ${tag} ${context} ${shape}`;
    const communicator = endpoint.audiences.nameOf(context);
    kinds.set(key, {
      source,
      ...(collective ? {} : { tag }),
      count: (kinds.get(key)?.count ?? 0) + 1,
      ...(communicator === undefined ? {} : { communicator }),
      ...(collective || shape === 0 ? {} : { site: shape }),
    });
  }
  return [...kinds.values()];
}

/** Communicators that have not been freed, by name and by where they were made. */
function unfreed({ audiences }: Endpoint): UnfreedCommunicators[] {
  const kinds = new Map<string, UnfreedCommunicators>();
  for (const made of audiences.named((context) => !isPermanent(context))) {
    const { name } = made;
    const place = registry.placeOf(made);
    const key = `${place} ${name}`;
    kinds.set(key, { name, place, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()];
}
