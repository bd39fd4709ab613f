import { readFileSync } from "node:fs";

/**
 * Number of cores of this host, whether this process may use them or not: the same for every process
 * of the host.
 */
export function coresOfHost(): number {
  try {
    return countOf(readFileSync("/sys/devices/system/cpu/online", "utf8"));
  } catch {
    return process.getBuiltinModule("node:os").cpus().length;
  }
}

/** "0-3,8" are five. */
function countOf(ranges: string): number {
  return ranges.split(",").reduce((sum, range) => {
    const [first, last = first] = range.split("-").map(Number);
    return sum + last! - first! + 1;
  }, 0);
}
