/** What the launcher's tests share. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Test } from "tap";

/** An empty directory with a short name, removed after the test. (tap's own have long names.) */
export function scratch(t: Test): string {
  const path = mkdtempSync("/tmp/tsmpitest-");
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A word for a command line, by which a test finds its own processes. */
export function mark(): string {
  return `1000.${process.pid}${Math.floor(Math.random() * 1e9)}`;
}

/** Processes with this word in their command line. */
export function processesWith(word: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
      } catch {
        return false;
      }
    });
}

/** Resolves when a condition holds; rejects when it still does not after so many seconds. */
export async function until(condition: () => boolean, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1e3;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s`);
    await delay(10);
  }
}

/** Names of everything in a directory, at any depth. */
export function namesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)));
}
