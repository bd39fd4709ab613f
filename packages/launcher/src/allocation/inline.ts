import { EXIT } from "@tsmpi/protocol";
import { entriesOf, scanHostWord, type HostEntry } from "./entries.js";
import { found, malformed, type Source } from "./source.js";

/** Reads `-H a:4,user@b,node[01-03]:2,^c`. Throws a LaunchProblem. Pure. */
export function parseInlineHosts(text: string): HostEntry[] {
  const source: Source = { name: "--host", text, exitCode: EXIT.usage };
  const entries: HostEntry[] = [];
  for (let index = 0; ;) {
    const word = scanHostWord(source, index);
    const { slots, user, end } = word;
    for (const entry of entriesOf(word, source, { slots, user, maxSlots: undefined, port: undefined })) {
      entries.push(entry);
    }
    if (end === text.length) return entries;
    if (text[end] !== ",") {
      throw malformed(source, end, `expected a comma or the end, found ${found(text, end)}`);
    }
    index = end + 1;
  }
}
