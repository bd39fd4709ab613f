/** Command lines before the parser sees them. Pure. */

/** Cuts `a : b : c` into its programs' command lines. */
export function splitPrograms(argv: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of argv) {
    if (word === ":") parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts;
}

/** Spellings that fingers know and parsers do not: `-np 4` would be `-n -p 4`. */
export function normalizeWord(word: string): string {
  const match = /^--?(np|ppn|npernode|wdir|wd|genv|hostfile)(=.*)?$/.exec(word);
  return match === null ? word : `--${match[1]}${match[2] ?? ""}`;
}
