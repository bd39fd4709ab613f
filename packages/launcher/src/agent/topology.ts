/** The processors of this host, as Linux tells. */
import { readFileSync } from "node:fs";

/** Processors that this process may use, by their numbers; a core has several if its threads count. */
export interface Topology {
  /** Cores in the order of their first processor. */
  readonly cores: readonly (readonly number[])[];
  /** Memory nodes in the order of their numbers. */
  readonly nodes: readonly (readonly number[])[];
}

/** Reads the topology; throws what `read` throws where there is no such thing. */
export function readTopology(
  read: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Topology {
  const status = read("/proc/self/status");
  const allowed = parseProcessors(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
  const cores = allowed.map((processor) =>
    read(`/sys/devices/system/cpu/cpu${processor}/topology/thread_siblings_list`),
  );
  return { cores: groups(cores, allowed), nodes: groups(nodeLists(read), allowed) };
}

/** Reads `0-3,8`. */
export function parseProcessors(list: string): number[] {
  return list
    .trim()
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number) as [number, number?];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** Writes `0-3,8`. */
export function formatProcessors(processors: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const processor of [...processors].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.[1] === processor - 1) run[1] = processor;
    else runs.push([processor, processor]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/** A host without memory nodes is one. */
function nodeLists(read: (path: string) => string): string[] {
  let online: string;
  try {
    online = read("/sys/devices/system/node/online");
  } catch {
    return [read("/sys/devices/system/cpu/online")];
  }
  return parseProcessors(online).map((node) => read(`/sys/devices/system/node/node${node}/cpulist`));
}

/** What of each list is allowed; empty and repeated ones are left out. */
function groups(lists: readonly string[], allowed: readonly number[]): number[][] {
  const mine = new Set(allowed);
  return [...new Set(lists.map((list) => list.trim()))]
    .map((list) => parseProcessors(list).filter((processor) => mine.has(processor)))
    .filter((group) => group.length > 0);
}
