/** Words for a login shell that may be sh, csh or fish. */

/** Means itself in every shell, wherever it stands. */
const PLAIN = /^[A-Za-z0-9_./:,+@-]+$/;

/**
 * One line that every shell splits into these words again. csh takes `!` for history even between
 * quotes, and fish takes backslashes there: these stand outside, behind a backslash. A line feed
 * cannot be quoted for csh; names with one are not supported.
 */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (word === "") return "''";
  return word.replace(/[\\'!]|[^\\'!]+/g, (part) => (/^[\\'!]/.test(part) ? `\\${part}` : `'${part}'`));
}
