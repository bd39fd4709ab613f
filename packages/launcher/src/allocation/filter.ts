/** Narrows an allocation to the hosts that the user names. Pure. */
import { EXIT, type Allocation, type HostSlots } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import { compressHosts } from "./compress.js";
import { included, type HostEntry } from "./entries.js";
import { hostFinder, isThisHost } from "./names.js";

/**
 * The hosts of an allocation that are named, spelt as the allocation spells them, in the order in
 * which they are named. A number limits the slots; a host named several times without one gets a
 * slot for each time; once without a number gets all its slots. Only exclusions: all the others.
 * Throws a LaunchProblem about a host that the allocation does not have, or a number it does not.
 */
export function filterAllocation(
  allocation: Allocation,
  entries: readonly HostEntry[],
  here: string,
  oversubscribe: boolean,
): Allocation {
  const find = hostFinder(allocation.hosts);
  const hostOf = (entry: HostEntry): HostSlots => {
    const known = find(isThisHost(entry.host, here) ? here : entry.host) ?? find(entry.host);
    if (known !== undefined) return known;
    const all = compressHosts(allocation.hosts.map(({ host }) => host));
    throw new LaunchProblem(
      EXIT.usage,
      `${entry.origin}: ${entry.host} is not among the hosts of ${allocation.origin}, which has ${all}`,
    );
  };
  const excluded = new Set(entries.filter((entry) => entry.excluded).map(hostOf));
  const named = included(entries).map((entry) => ({ entry, known: hostOf(entry) }));
  const kept = named.filter(({ known }) => !excluded.has(known));
  if (entries.every((entry) => entry.excluded)) {
    const others = (host: string) => !excluded.has(find(host)!);
    const { sequence, hosts } = allocation;
    return {
      ...allocation,
      hosts: hosts.filter(({ host }) => others(host)),
      ...(sequence === undefined ? {} : { sequence: sequence.filter(others) }),
    };
  }
  const mentions = new Map<HostSlots, HostEntry[]>();
  for (const { entry, known } of kept) mentions.set(known, [...(mentions.get(known) ?? []), entry]);
  const hosts = [...mentions].map(([known, list]) => limited(known, list, allocation, oversubscribe));
  return { ...allocation, hosts, sequence: kept.map(({ known }) => known.host) };
}

function limited(
  known: HostSlots,
  mentions: readonly HostEntry[],
  allocation: Allocation,
  oversubscribe: boolean,
): HostSlots {
  const all = mentions.length === 1 && mentions[0]!.slots === undefined;
  const slots = all ? known.slots : mentions.reduce((sum, { slots = 1 }) => sum + slots, 0);
  const { origin, user, port, maxSlots } = mentions.at(-1)!;
  if (slots > known.slots && !oversubscribe) {
    throw new LaunchProblem(
      EXIT.usage,
      `${origin}: ${slots} slots on ${known.host}, of which ${allocation.origin} has ${known.slots} ` +
        `(${known.slotsOrigin}): ask for ${known.slots} or fewer, or add --oversubscribe`,
    );
  }
  return {
    ...known,
    slots,
    ...(all ? {} : { slotsOrigin: origin }),
    ...(maxSlots === undefined ? {} : { maxSlots }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}
