/** Command lines before the parser sees them. Pure. */
import { OPTIONS, type OptionRow } from "./options.js";

/** Cuts `a : b : c` into its programs' command lines. */
export function splitPrograms(argv: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of argv) {
    if (word === ":") parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts;
}

/** Not `-env`, which takes two values where it comes from. */
const LONG = new Set(
  (OPTIONS as readonly OptionRow[])
    .flatMap(({ names }) => names)
    .filter((name) => name.length > 1 && name !== "env"),
);

/** Spellings that fingers know and parsers do not: `-np 4` would be `-n -p 4`. */
export function normalizeWord(word: string): string {
  const [, name = "", value = ""] = /^-([^-=][^=]*)(=[^]*)?$/.exec(word) ?? [];
  return LONG.has(name) ? `--${name}${value}` : word;
}

/**
 * Cuts a command given as one value into words as a shell does: quotes and backslashes protect,
 * nothing is expanded. undefined: a quote is not closed.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  const part = /\s+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [whole, single, double, escaped, plain] = match;
    const piece = single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
    if (piece !== undefined) word = (word ?? "") + piece;
    else if (whole !== "" && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
