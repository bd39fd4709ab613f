/** Numbers that contradict each other. Pure. */
import { EXIT, type AppSpec, type JobSpec } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/** More than any job has; a slip of the finger, then. */
const MOST_RANKS = 1_000_000;

/** What is wrong with an app's numbers, if anything is. */
export function contradiction(
  { mapBy, rankBy }: JobSpec,
  { ranks, ranksPerHost }: AppSpec,
  perHost: number | undefined,
  hosts: number,
): LaunchProblem | undefined {
  const count = ranks ?? (perHost ?? 0) * hosts;
  if (count > MOST_RANKS)
    return mistake(`${count} ranks are more than the ${MOST_RANKS} that a job may have`);
  if (mapBy.type === "seq") {
    if (ranksPerHost !== undefined) return mistake(`-N ${ranksPerHost} has no meaning with --map-by seq`);
    if (rankBy !== undefined) return mistake(`--rank-by ${rankBy} has no meaning with --map-by seq`);
  }
  if (mapBy.type === "ppr" && ranksPerHost !== undefined && ranksPerHost !== mapBy.ranks) {
    return mistake(`-N ${ranksPerHost} contradicts --map-by ppr:${mapBy.ranks}:node: leave one of them out`);
  }
  if (ranks === undefined || perHost === undefined || ranks <= perHost * hosts) return undefined;
  const on = hosts === 1 ? "one host" : `${hosts} hosts, which makes ${perHost * hosts}`;
  const least = Math.ceil(ranks / hosts);
  const option = (number: number) =>
    ranksPerHost === undefined ? `--map-by ppr:${number}:node` : `-N ${number}`;
  return mistake(
    `-n ${ranks} does not fit with ${option(perHost)} on ${on}: use ${option(least)}, or leave it out`,
  );
}

/** An app of several without a number. */
export function hasNoNumber({ program }: AppSpec): LaunchProblem {
  return mistake(`-n is missing for ${program}: each of several programs needs its own`);
}

/** More ranks than hosts named one after the other. */
export function tooManyForSequence(ranks: number, lines: number, origin: string): LaunchProblem {
  return mistake(
    `--map-by seq needs a host for each of ${ranks} ranks, and there ${lines === 1 ? "is" : "are"} ${lines} ` +
      `(${origin}): use -n ${lines}, or name more hosts`,
  );
}

function mistake(message: string): LaunchProblem {
  return new LaunchProblem(EXIT.usage, message);
}
