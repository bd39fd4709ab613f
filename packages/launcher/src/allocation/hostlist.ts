/**
 * Host lists as Slurm writes them: `login,rack[1-3]node[01-16,20]-ib`. Pure.
 *
 *     list    = item { separator item }       separators: comma, white space; never in brackets
 *     item    = { text | "[" range { "," range } "]" }
 *     range   = number [ "-" number ]         padded to the length of the first number
 */
import { found, malformed, type Source } from "./source.js";

/** No list names more hosts than this. */
const MOST_HOSTS = 65_536;

/** An item: text and ranges in turn. */
export type Pattern = readonly (string | readonly Range[])[];

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly width: number;
}

/** The characters of host names, addresses, and names of containers and pods. */
const NAME = /[\p{L}\p{N}._%/-]/u;
const SEPARATOR = /[\s,]/;

/** All hosts of a list, in its order, repetitions included. Throws a LaunchProblem. */
export function expandHostList(source: Source): string[] {
  const { text } = source;
  const hosts: string[] = [];
  let index = 0;
  while (index < text.length) {
    if (SEPARATOR.test(text[index]!)) {
      index++;
      continue;
    }
    const { pattern, end } = scanPattern(source, index, NAME);
    if (end < text.length && !SEPARATOR.test(text[end]!)) {
      throw malformed(source, end, `expected a host name, a comma or the end, found ${found(text, end)}`);
    }
    const names = expandPattern(pattern, source, index);
    if (hosts.length + names.length > MOST_HOSTS) throw tooMany(source, index);
    for (const name of names) hosts.push(name);
    index = end;
  }
  return hosts;
}

/** Reads one item from an index on, as far as it goes. */
export function scanPattern(
  source: Source,
  start: number,
  nameCharacter = NAME,
): { readonly pattern: Pattern; readonly end: number } {
  const { text } = source;
  const pattern: (string | Range[])[] = [];
  let index = start;
  // Taken by ssh and its kin for an option.
  if (text[start] === "-") throw malformed(source, start, "a host name does not begin with -");
  for (;;) {
    const character = codePoint(text, index);
    if (character === "[") {
      const { ranges, end } = scanBrackets(source, index);
      pattern.push(ranges);
      index = end;
    } else if (character !== "" && nameCharacter.test(character)) {
      const last = pattern.at(-1);
      if (typeof last === "string") pattern[pattern.length - 1] = last + character;
      else pattern.push(character);
      index += character.length;
    } else break;
  }
  if (pattern.length === 0) {
    throw malformed(source, start, `expected a host name, found ${found(text, start)}`);
  }
  return { pattern, end: index };
}

/**
 * The hosts of an item. The last brackets count fastest, then the first, the second and so on:
 * Slurm's own order, in which its counts for each host are to be read.
 */
export function expandPattern(pattern: Pattern, source: Source, start: number): string[] {
  const slots = pattern.flatMap((part, index) => (typeof part === "string" ? [] : [index]));
  const fastestFirst = [...slots.slice(-1), ...slots.slice(0, -1)];
  const total = slots.reduce((product, index) => product * rangesSize(pattern[index] as Range[]), 1n);
  if (total > MOST_HOSTS) throw tooMany(source, start);
  let rows: string[][] = [pattern.map((part) => (typeof part === "string" ? part : ""))];
  for (const index of fastestFirst.reverse()) {
    const numbers = (pattern[index] as Range[]).flatMap(numbersOf);
    rows = rows.flatMap((row) => numbers.map((number) => row.with(index, number)));
  }
  return rows.map((row) => row.join(""));
}

function scanBrackets(source: Source, open: number): { ranges: Range[]; end: number } {
  const { text } = source;
  const ranges: Range[] = [];
  let index = open + 1;
  for (;;) {
    const [, first, dash, last = ""] = /^(\d+)(?:(-)(\d*))?/.exec(text.slice(index)) ?? [];
    if (first === undefined) {
      throw malformed(source, index, `expected a number or a range, found ${found(text, index)}`);
    }
    const lastIndex = index + first.length + 1;
    if (dash !== undefined && last === "") {
      throw malformed(source, lastIndex, `expected a number, found ${found(text, lastIndex)}`);
    }
    const range = { first: BigInt(first), last: BigInt(last || first), width: first.length };
    if (range.first > range.last) {
      throw malformed(source, index, `${first}-${last} runs backwards: expected ${last}-${first}`);
    }
    ranges.push(range);
    index = dash === undefined ? lastIndex - 1 : lastIndex + last.length;
    if (text[index] === "]") return { ranges, end: index + 1 };
    if (text[index] !== ",") {
      const what = index >= text.length ? `"]" for the bracket in column ${open + 1}` : '"," or "]"';
      throw malformed(source, index, `expected ${what}, found ${found(text, index)}`);
    }
    index++;
  }
}

function rangesSize(ranges: readonly Range[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function numbersOf({ first, last, width }: Range): string[] {
  return Array.from({ length: Number(last - first) + 1 }, (_, index) =>
    String(first + BigInt(index)).padStart(width, "0"),
  );
}

function tooMany(source: Source, index: number): Error {
  return malformed(source, index, `more than ${MOST_HOSTS} hosts`);
}

/** Host names of other scripts may need two code units a letter. */
function codePoint(text: string, index: number): string {
  return index < text.length ? String.fromCodePoint(text.codePointAt(index)!) : "";
}
