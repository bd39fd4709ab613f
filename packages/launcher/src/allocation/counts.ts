import { found, malformed, type Source } from "./source.js";

/** Reads `2(x3),1`, Slurm's numbers for each host in turn: 2, 2, 2, 1. Throws a LaunchProblem. */
export function expandCounts(source: Source, most: number): number[] {
  const { text } = source;
  const counts: number[] = [];
  let index = 0;
  while (index < text.length) {
    const [item, count, times = "1"] = /^(\d{1,9})(?:\(x(\d{1,9})\))?/.exec(text.slice(index)) ?? [];
    if (item === undefined) {
      throw malformed(source, index, `expected a number as in 2(x3),1, found ${found(text, index)}`);
    }
    if (counts.length + Number(times) > most) {
      throw malformed(source, index, `more numbers than hosts, of which there are ${most}`);
    }
    for (let time = 0; time < Number(times); time++) counts.push(Number(count));
    index += item.length;
    if (index === text.length) break;
    if (text[index] !== ",") {
      throw malformed(source, index, `expected a comma or the end, found ${found(text, index)}`);
    }
    index++;
  }
  if (counts.length < most) {
    throw malformed(
      source,
      text.length,
      `expected ${most} numbers, one for each host, found ${counts.length}`,
    );
  }
  return counts;
}
