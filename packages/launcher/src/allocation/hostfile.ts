/**
 * Hostfiles, as Open MPI, Hydra and Slurm's users write them. Pure.
 *
 *     line = [ "^" ] [ user "@" ] host [ ":" slots ] { key "=" value }
 */
import { EXIT } from "@tsmpi/protocol";
import { entriesOf, scanHostWord, slotCount, type HostEntry } from "./entries.js";
import { found, malformed, type Source } from "./source.js";

const KEYS: Readonly<Record<string, "slots" | "maxSlots" | "user" | "port">> = {
  slots: "slots",
  cpu: "slots",
  count: "slots",
  max_slots: "maxSlots",
  slots_max: "maxSlots",
  user: "user",
  username: "user",
  user_name: "user",
  port: "port",
};

/** All mentions of hosts in a hostfile, in its order. Throws a LaunchProblem. */
export function parseHostfile(name: string, content: string): HostEntry[] {
  return withoutComments(name, content)
    .split(/\r\n|\n|\r/)
    .flatMap((text, index) => parseLine({ name, line: index + 1, text, exitCode: EXIT.usage }));
}

function parseLine(source: Source): HostEntry[] {
  const { text } = source;
  const start = text.search(/\S/);
  if (start === -1) return [];
  const word = scanHostWord(source, start);
  const { end, excluded } = word;
  if (end < text.length && !/\s/.test(text[end]!)) {
    const what = text[end] === "," ? "one host a line" : "a space or the end of the line";
    throw malformed(source, end, `expected ${what}, found ${found(text, end)}`);
  }
  const properties = parseProperties(source, end);
  const { slots: count, maxSlots: most, user, port } = properties;
  if (excluded && properties.at.size > 0) {
    throw malformed(source, [...properties.at.values()][0]!, "an excluded host has no properties");
  }
  if (count !== undefined && word.slots !== undefined) {
    throw malformed(source, properties.at.get("slots")!, "the number of slots is given a second time");
  }
  if (user !== undefined && word.user !== undefined) {
    throw malformed(source, properties.at.get("user")!, "the user is given a second time");
  }
  const slots = count ?? word.slots;
  if (most !== undefined && most < (slots ?? 1)) {
    throw malformed(
      source,
      properties.at.get("maxSlots")!,
      `max_slots=${most} is less than slots=${slots ?? 1}`,
    );
  }
  return entriesOf(word, source, { slots, maxSlots: most, user: user ?? word.user, port });
}

interface Properties {
  slots: number | undefined;
  maxSlots: number | undefined;
  user: string | undefined;
  port: number | undefined;
  /** Where each property given begins. */
  readonly at: Map<string, number>;
}

function parseProperties(source: Source, start: number): Properties {
  const { text } = source;
  const at = new Map<string, number>();
  const properties: Properties = {
    slots: undefined,
    maxSlots: undefined,
    user: undefined,
    port: undefined,
    at,
  };
  const rest = /(\S[^\s=]*)(\s*=\s*)?/y;
  for (let index = skipSpace(text, start); index < text.length;) {
    rest.lastIndex = index;
    const [whole, word = "", equals] = rest.exec(text)!;
    const key = KEYS[word.toLowerCase().replaceAll("-", "_")];
    if (key === undefined || equals === undefined) {
      throw malformed(
        source,
        index,
        `expected slots=, max_slots=, user= or port=, found ${JSON.stringify(word)}`,
      );
    }
    if (at.has(key)) throw malformed(source, index, `${word} is given a second time`);
    at.set(key, index);
    const valueIndex = index + whole.length;
    const value = /^\S*/.exec(text.slice(valueIndex))![0];
    if (key === "user") properties.user = userName(source, valueIndex, value);
    else if (key === "port") properties.port = portNumber(source, valueIndex, value);
    else properties[key] = slotCount(source, valueIndex, value);
    index = skipSpace(text, valueIndex + value.length);
  }
  return properties;
}

function userName(source: Source, index: number, value: string): string {
  if (/^[\w.][\w.-]*$/.test(value)) return value;
  throw malformed(source, index, `expected a user name, found ${found(source.text, index)}`);
}

function portNumber(source: Source, index: number, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536) return Number(value);
  throw malformed(source, index, `expected a port, 1 to 65535, found ${value || "the end"}`);
}

function skipSpace(text: string, index: number): number {
  while (index < text.length && /\s/.test(text[index]!)) index++;
  return index;
}

/** Comments become spaces, so that lines and columns stay. */
function withoutComments(name: string, content: string): string {
  const text = content
    .replace(/^\uFEFF/, " ")
    .replace(/\/\*[^]*?\*\/|(?:\/\/|#).*/g, (comment) => comment.replace(/[^\r\n]/g, " "));
  const open = text.indexOf("/*");
  if (open === -1) return text;
  const before = text.slice(0, open).split(/\r\n|\n|\r/);
  const source = { name, line: before.length, text: "", exitCode: EXIT.usage };
  throw malformed(source, before.at(-1)!.length, 'expected "*/" for this comment before the end of the file');
}
