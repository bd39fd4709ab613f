import { readFileSync } from "node:fs";

/**
 * True when this process may read its terminal without being stopped: its process group is the
 * terminal's foreground group. Without a /proc it is assumed to be.
 */
export function inForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [group, terminalGroup] = [fields[2], fields[5]];
    return group === terminalGroup;
  } catch {
    return true;
  }
}
