/** Many hosts in few words. Pure. */

/** `node[01-16,20], login`: hosts in their order, as far as they follow each other in ranges. */
export function compressHosts(hosts: readonly string[]): string {
  const groups: { head: string; tail: string; runs: { first: string; last: string }[] }[] = [];
  for (const host of hosts) {
    const [, head, digits, tail] = /^(.*?)(\d+)([^\d]*)$/.exec(host) ?? [];
    const group = groups.at(-1);
    if (digits === undefined || head === undefined || tail === undefined || digits.length > 15) {
      groups.push({ head: host, tail: "", runs: [] });
    } else if (group !== undefined && group.runs.length > 0 && group.head === head && group.tail === tail) {
      const run = group.runs.at(-1)!;
      if (follows(run.last, digits)) run.last = digits;
      else group.runs.push({ first: digits, last: digits });
    } else groups.push({ head, tail, runs: [{ first: digits, last: digits }] });
  }
  return groups
    .map(({ head, tail, runs }) => {
      const [only] = runs;
      if (only === undefined) return head;
      if (runs.length === 1 && only.first === only.last) return head + only.first + tail;
      const ranges = runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
      return `${head}[${ranges.join(",")}]${tail}`;
    })
    .join(", ");
}

/** A range is padded to the width of its first number. */
function follows(before: string, number: string): boolean {
  if (Number(before) + 1 !== Number(number)) return false;
  return number.length === before.length || (!before.startsWith("0") && !number.startsWith("0"));
}
