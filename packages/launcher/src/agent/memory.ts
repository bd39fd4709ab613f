import { readFileSync } from "node:fs";

/** How often the kernel has killed a process for want of memory, as far as it tells. */
export function outOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "latin1"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
