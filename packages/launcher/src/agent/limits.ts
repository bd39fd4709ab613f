import { readFileSync } from "node:fs";
import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/** Descriptors a launcher uses besides those of its ranks. */
const OWN_DESCRIPTORS = 40;
/** A rank's standard output, standard error and control connection. */
const RANK_DESCRIPTORS = 3;

/** Throws a LaunchProblem when this process may not open as many files as the ranks need. */
export function checkDescriptors(ranks: number, filesPerRank: number, limit = descriptorLimit()): void {
  const needed = OWN_DESCRIPTORS + ranks * (RANK_DESCRIPTORS + filesPerRank);
  if (needed <= limit) return;
  throw new LaunchProblem(
    EXIT.failure,
    `${ranks === 1 ? "1 rank needs" : `${ranks} ranks need`} ${needed} open files, and the limit is ${limit}: run \`ulimit -n ${needed}\` first`,
  );
}

/** Open files that this process may have. */
export function descriptorLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
    return line === null ? Infinity : Number(line[1]);
  } catch {
    return Infinity;
  }
}
