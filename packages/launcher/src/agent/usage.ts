/** What a process costs, as /proc tells. */
import { readFileSync } from "node:fs";

/** What the process of a rank has used; its own children are not counted. */
export interface Usage {
  readonly pid: number;
  /** Seconds of processor time since its start. */
  readonly cpuSeconds: number;
  /** Bytes of it that are in memory. */
  readonly memoryBytes: number;
}

/** Linux tells user programs a hundredth of a second, whatever the kernel counts in. */
const TICKS_PER_SECOND = 100;

/** Undefined when the process is gone, or there is no /proc. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name, in parentheses, may hold anything; the fields behind it do not.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return {
      pid,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      memoryBytes: Number(kibibytes ?? 0) * 1024,
    };
  } catch {
    return undefined;
  }
}
