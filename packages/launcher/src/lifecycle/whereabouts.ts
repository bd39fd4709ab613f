/** What every rank was doing, for the person whose job ran into its deadline. Pure. */
import type { RankState } from "@tsmpi/protocol";

/**
 * A line for each group of ranks that do the same. `living` are the ranks whose process runs;
 * `states` has those that have ever communicated, undefined if they did not answer.
 */
export function describeWhereabouts(
  living: readonly number[],
  states: ReadonlyMap<number, RankState | undefined>,
): string[] {
  const groups = new Map<string, { ranks: number[]; seconds: number }>();
  for (const rank of living) {
    const { text, seconds } = whereabouts(states.has(rank), states.get(rank));
    const group = groups.get(text) ?? { ranks: [], seconds };
    group.ranks.push(rank);
    groups.set(text, { ...group, seconds: Math.max(group.seconds, seconds) });
  }
  return [...groups].map(([text, { ranks, seconds }]) => {
    const since = seconds > 0 ? ` for ${seconds.toFixed(1)} s` : "";
    return `  rank${ranks.length === 1 ? "" : "s"} ${rankList(ranks)}: ${text}${since}`;
  });
}

function whereabouts(speaks: boolean, state: RankState | undefined): { text: string; seconds: number } {
  if (!speaks) return { text: "not using tsmpi", seconds: 0 };
  if (state === undefined) return { text: "computing (not waiting in a tsmpi call)", seconds: 0 };
  const [oldest] = state.pending;
  if (oldest === undefined) {
    return {
      text: state.finalizing ? "finished, waiting for the others" : "not waiting in a tsmpi call",
      seconds: 0,
    };
  }
  const calls = state.pending.map(({ operation, peer, tag, place }) => {
    const details = [peer === undefined ? "" : `peer ${peer}`, tag === undefined ? "" : `tag ${tag}`];
    const given = details.filter((detail) => detail !== "");
    const where = place === undefined || place === "" ? "" : ` at ${place}`;
    return `${operation}${given.length === 0 ? "" : ` (${given.join(", ")})`}${where}`;
  });
  return { text: `in ${calls.join(", ")}`, seconds: oldest.seconds };
}

/** `0-3, 7` */
export function rankList(ranks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const rank of [...ranks].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === rank - 1) run[1] = rank;
    else runs.push([rank, rank]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
