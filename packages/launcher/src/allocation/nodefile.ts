import { EXIT, type Allocation, type AllocationKind } from "@tsmpi/protocol";
import { expandPattern, scanPattern } from "./hostlist.js";
import { found, malformed } from "./source.js";
import { readNamedFile, requireHosts, type Surroundings } from "./scheduler.js";

/**
 * A file with a line for each process, as PBS, OAR and Cobalt write it: a host in several lines,
 * next to each other or not, takes as many ranks.
 */
export function fromNodefile(
  kind: AllocationKind,
  variable: string,
  origin: string,
  surroundings: Surroundings,
): Allocation {
  const sequence = parseNodefile(variable, readNamedFile(variable, surroundings));
  requireHosts(sequence, variable);
  const lines = new Map<string, number>();
  for (const host of sequence) lines.set(host, (lines.get(host) ?? 0) + 1);
  const hosts = [...lines].map(([host, slots]) => ({
    host,
    slots,
    slotsOrigin: `${slots} line${slots === 1 ? "" : "s"} of ${variable}`,
  }));
  return { kind, hosts, sequence, origin, managed: true };
}

function parseNodefile(variable: string, content: string): string[] {
  return content.split(/\r?\n/).flatMap((text, index) => {
    const source = { name: variable, line: index + 1, text, exitCode: EXIT.failure };
    const start = text.search(/\S/);
    if (start === -1) return [];
    const { pattern, end } = scanPattern(source, start);
    const rest = end + text.slice(end).search(/\S|$/);
    if (rest < text.length) {
      throw malformed(source, rest, `expected one host a line, found ${found(text, rest)}`);
    }
    return expandPattern(pattern, source, start);
  });
}
