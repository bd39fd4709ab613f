/** What ranks have left undone, in words. Pure. */
import type { Leftovers, UnawaitedOperations, UnreceivedMessages } from "@tsmpi/protocol";

/** What is known of it at the end of a job. Ranks are those of the world. */
export interface Account {
  readonly told: ReadonlyMap<number, Leftovers>;
  /** Pairs of ranks of which the first never read all messages that the second has sent it. */
  readonly unread: readonly (readonly [receiver: number, sender: number])[];
}

/** A line for each message, request, communicator or mismatch, ranks in order. */
export function describeLeftovers({ told, unread }: Account): string[] {
  const lines = [...told].map(([rank, left]) => ({ rank, lines: describe(rank, left, told) }));
  for (const [rank, sender] of unread) {
    const known = told.get(rank)?.messages.some(({ source }) => source === sender) === true;
    if (known) continue;
    const places = told.get(sender)?.places ?? [];
    const sent = places.length === 0 ? "" : `, which has sent${at(places.join(", "))}`;
    lines.push({ rank, lines: [`rank ${rank} never received all messages of rank ${sender}${sent}`] });
  }
  const ordered = lines.sort((a, b) => a.rank - b.rank).flatMap(({ lines }) => lines);
  return [...ordered.map((line) => `  ${line}`), ...describeFaults(told)];
}

/** A line for each of those that are wrong whatever else has happened. */
export function describeFaults(told: Account["told"]): string[] {
  const faults = [...told.values()].flatMap(({ faults }) => faults);
  return [...new Set(faults)].map((line) => `  ${line}`);
}

/** A line for each receive from any source that messages of several ranks fitted, ranks in order. */
export function describeRaces({ told }: Pick<Account, "told">): string[] {
  const ranks = [...told].sort(([a], [b]) => a - b);
  return ranks.flatMap(([rank, { races = [] }]) =>
    races.map(({ operation, place, communicator = "world", messages }) => {
      const all = messages.map(({ source, tag, site = 0 }) => {
        const sent = told.get(source)?.places[site - 1] ?? "";
        return `one of rank ${source} with tag ${tag}${sent === "" ? "" : `, sent${at(sent)}`}`;
      });
      const what = `rank ${rank}, ${operation} from any source on "${communicator}"${at(place)}`;
      return `  ${what}: took ${all.join("; could have taken ")}`;
    }),
  );
}

function describe(rank: number, left: Leftovers, told: ReadonlyMap<number, Leftovers>): string[] {
  const { messages, requests, communicators, more } = left;
  return [
    ...messages.map((message) => `rank ${rank} never ${received(message, told)}`),
    ...requests.map((unawaited) => `rank ${rank} never ${awaited(unawaited)}`),
    ...communicators.map(({ name, place, count }) => {
      const what = count === 1 ? "the communicator" : `${count} communicators called`;
      return `rank ${rank} never freed ${what} "${name}", made${at(place)}`;
    }),
    ...(more === 0 ? [] : [`… and ${more} more of rank ${rank}`]),
  ];
}

function awaited({ operation, place, count }: UnawaitedOperations): string {
  if (operation === undefined) {
    return `waited for ${count === 1 ? "the request" : `${count} requests`} made${at(place)}`;
  }
  const what = count === 1 ? "the promise" : `${count} promises`;
  return `awaited ${what} of ${operation}, called${at(place)}`;
}

function received(message: UnreceivedMessages, told: ReadonlyMap<number, Leftovers>): string {
  const { source, tag, count, communicator = "world", site = 0 } = message;
  if (tag === undefined) return `took part in what rank ${source} called on "${communicator}"`;
  const place = told.get(source)?.places[site - 1] ?? "";
  const what = count === 1 ? "a message" : `${count} messages`;
  const sent = place === "" ? "" : `, sent${at(place)}`;
  return `received ${what} of rank ${source} with tag ${tag} on "${communicator}"${sent}`;
}

function at(place: string): string {
  return ` at ${place === "" ? "an unknown place" : place}`;
}
