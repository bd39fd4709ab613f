/** Job directories whose launcher is dead: a power loss, or a kill of launcher and watchdog. */
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { OWNER_FILE, baseDirectories, directoryPrefix, removeJobDirectory } from "./directory.js";
import { processIdentity } from "./processes.js";
import { endSurvivors } from "./survivors.js";

/** A directory without an owner may belong to a launcher that is just starting. */
const START_MILLISECONDS = 60_000;

/** What a sweeper says on its host when nothing is left there. */
export const SWEPT = "tsmpi: nothing is left";

/** Removes what dead launchers of this user left behind. Never throws. */
export function sweepLeftovers(bases: readonly string[] = baseDirectories()): void {
  for (const base of bases) {
    for (const name of namesIn(base)) {
      const path = join(base, name);
      try {
        if (isLeftover(path)) removeJobDirectory(path);
      } catch {
        // Somebody else removes it at this moment, or it is not ours to touch.
      }
    }
  }
}

/** Ends and removes what is left on this host of one job, whose agent here has ended. */
export async function sweepJob(jobId: string, bases: readonly string[] = baseDirectories()): Promise<void> {
  await endSurvivors(jobId, 0);
  for (const base of bases) {
    const path = join(base, directoryPrefix() + jobId);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() && stat.uid === process.getuid?.()) removeJobDirectory(path);
  }
}

function namesIn(base: string): string[] {
  try {
    return readdirSync(base).filter((name) => name.startsWith(directoryPrefix()));
  } catch {
    return [];
  }
}

function isLeftover(path: string): boolean {
  const stat = lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) return false;
  const owner = ownerOf(path);
  if (owner === "") return Date.now() - stat.mtimeMs > START_MILLISECONDS;
  return processIdentity(Number(owner.split(" ")[0])) !== owner;
}

function ownerOf(path: string): string {
  try {
    return readFileSync(join(path, OWNER_FILE), "latin1");
  } catch {
    return "";
  }
}
