/** Hosts as people write them down, before they are counted. Pure. */
import type { HostSlots } from "@tsmpi/protocol";
import { expandPattern, scanPattern, type Pattern } from "./hostlist.js";
import { hostFinder } from "./names.js";
import { found, malformed, sourceName, type Source } from "./source.js";

/** One mention of a host. */
export interface HostEntry {
  readonly host: string;
  /** undefined: nobody said. */
  readonly slots: number | undefined;
  readonly maxSlots: number | undefined;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** `^host`: not this one. */
  readonly excluded: boolean;
  /** `hosts.txt line 3` */
  readonly origin: string;
}

/** IPv6, perhaps with a zone: a double colon or seven of them, which no `host:slots` has. */
const ADDRESS = /^(?=[0-9a-fA-F:]*::|(?:[0-9a-fA-F]+:){7})[0-9a-fA-F:.]+(?:%[\w.-]+)?/;

/** What stands in front of a host's properties. */
export interface HostWord {
  readonly hosts: readonly string[];
  readonly user: string | undefined;
  readonly slots: number | undefined;
  readonly excluded: boolean;
  readonly end: number;
}

/** Reads `[^][user@]host[:slots]`, where host may have ranges or be an address. */
export function scanHostWord(source: Source, start: number): HostWord {
  const { text } = source;
  const excluded = text[start] === "^";
  let index = excluded ? start + 1 : start;
  if (text[index] === "+") {
    throw malformed(source, index, "hosts are given by name here, not by their number in the allocation");
  }
  const [, user] = /^([\w.-]+)@/.exec(text.slice(index)) ?? [];
  if (user !== undefined) {
    if (user.startsWith("-")) throw malformed(source, index, "a user name does not begin with -");
    index += user.length + 1;
  }
  const { pattern, end } = scanAddress(source, index) ?? scanPattern(source, index);
  const hosts = expandPattern(pattern, source, index);
  if (text[end] !== ":") return { hosts, user, slots: undefined, excluded, end };
  const digits = /^\d*/.exec(text.slice(end + 1))![0];
  return {
    hosts,
    user,
    slots: slotCount(source, end + 1, digits),
    excluded,
    end: end + 1 + digits.length,
  };
}

/** A number of slots, 1 or more. */
export function slotCount(source: Source, index: number, digits: string): number {
  if (/^\d{1,9}$/.test(digits) && Number(digits) > 0) return Number(digits);
  throw malformed(
    source,
    index,
    `expected a number of slots, 1 or more, found ${digits === "" ? found(source.text, index) : digits}`,
  );
}

function scanAddress(source: Source, start: number): { pattern: Pattern; end: number } | undefined {
  const rest = source.text.slice(start);
  const bracketed = rest.startsWith("[");
  const [address] = ADDRESS.exec(bracketed ? rest.slice(1) : rest) ?? [];
  if (address === undefined || (bracketed && rest[address.length + 1] !== "]")) return undefined;
  return { pattern: [address], end: start + address.length + (bracketed ? 2 : 0) };
}

/** The entries of one word with what is known besides. */
export function entriesOf(
  word: HostWord,
  source: Source,
  properties: Pick<HostEntry, "slots" | "maxSlots" | "user" | "port">,
): HostEntry[] {
  return word.hosts.map((host) => ({
    ...properties,
    host,
    excluded: word.excluded,
    origin: sourceName(source),
  }));
}

/**
 * Counts entries together: each host once, in the order of the first mention; a repeated host
 * adds slots, excluded hosts are left out, and no number means 1.
 */
export function countEntries(entries: readonly HostEntry[]): HostSlots[] {
  const mentions = new Map<string, HostEntry[]>();
  for (const entry of included(entries)) {
    const others = mentions.get(entry.host);
    if (others === undefined) mentions.set(entry.host, [entry]);
    else others.push(entry);
  }
  return [...mentions.values()].map(countMentions);
}

/** The mentions of hosts that are not excluded by another one. */
export function included(entries: readonly HostEntry[]): HostEntry[] {
  const exclusion = hostFinder(entries.filter(({ excluded }) => excluded));
  return entries.filter(({ host }) => exclusion(host) === undefined);
}

function countMentions(mentions: readonly HostEntry[]): HostSlots {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const most = mentions.flatMap(({ maxSlots }) => maxSlots ?? []);
  const user = mentions.findLast((entry) => entry.user !== undefined)?.user;
  const port = mentions.findLast((entry) => entry.port !== undefined)?.port;
  return {
    host: mentions[0]!.host,
    slots: sum(mentions.map(({ slots = 1 }) => slots)),
    slotsOrigin: describeOrigin(mentions),
    ...(most.length === 0 ? {} : { maxSlots: sum(most) }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}

/** `hosts.txt lines 1, 3` */
function describeOrigin(mentions: readonly HostEntry[]): string {
  const origins = [...new Set(mentions.map(({ origin }) => origin))];
  const [first, ...others] = origins.map((origin) => / line \d+$/.exec(origin)?.[0]);
  const where =
    others.length === 0 || first === undefined
      ? origins.join(", ")
      : origins[0]!.replace(/ line (\d+)$/, " lines $1") +
        others.map((line) => `, ${line!.slice(" line ".length)}`).join("");
  const counted = mentions.some(({ slots }) => slots !== undefined);
  return counted ? where : `${where} say${origins.length > 1 ? "" : "s"} no number`;
}
