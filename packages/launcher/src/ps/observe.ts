/** The other end: the jobs of this user whose launcher runs on this host. */
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { baseDirectories, directoryPrefix } from "../agent/directory.js";
import { observerPath } from "./path.js";
import type { Snapshot } from "./snapshot.js";

/** A launcher asks its ranks, which may take seconds on a busy machine. */
const ANSWER_MS = 10_000;

/** Jobs that answer, oldest launcher first. */
export async function observeJobs(bases: readonly string[] = baseDirectories()): Promise<Snapshot[]> {
  const snapshots = await Promise.all(bases.flatMap(directoriesIn).map(observe));
  return snapshots.filter((snapshot) => snapshot !== undefined).sort((a, b) => b.seconds - a.seconds);
}

function directoriesIn(base: string): string[] {
  try {
    return readdirSync(base)
      .filter((name) => name.startsWith(directoryPrefix()))
      .map((name) => join(base, name));
  } catch {
    return [];
  }
}

/** Undefined if nobody is there, as in what a power failure has left. */
function observe(directory: string): Promise<Snapshot | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const link = connect(observerPath(directory));
    link.setEncoding("utf8").setTimeout(ANSWER_MS, () => link.destroy());
    link.on("data", (chunk: string) => (text += chunk));
    link.on("error", () => {}); // "close" follows
    link.once("close", () => {
      try {
        resolve(JSON.parse(text) as Snapshot);
      } catch {
        resolve(undefined); // it ended meanwhile
      }
    });
  });
}
