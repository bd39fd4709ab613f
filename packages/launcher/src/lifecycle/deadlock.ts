/**
 * Which ranks will wait for ever. Pure.
 *
 * A rank that waits can go on when any of its operations completes, and an operation when any of the
 * ranks that could complete it does its part: of several operations one is taken to be enough
 * (waitany), of several possible senders each (wildcards). So nobody is called stuck who is not;
 * who waits for all of several operations may be found a little late.
 */
import type { Needs, RankState, Traffic } from "@tsmpi/protocol";

/** A rank, as far as it matters here. */
export type Standing =
  /** It will never send or receive anything again. */
  | { readonly is: "finished" }
  /** It computes, has other work, or did not answer. */
  | { readonly is: "free" }
  | { readonly is: "waiting"; readonly needs: Needs };

/** Ranks that will wait for ever. */
export interface Deadlock {
  readonly ranks: readonly number[];
  /** Each waits for the next, and the last for the first; undefined if there is no ring without a wildcard. */
  readonly cycle: readonly number[] | undefined;
}

/** What a rank's answer means; undefined: it has not answered. */
export function standingOf(state: RankState | undefined): Standing {
  if (state?.finalizing === true) return { is: "finished" };
  const isWaiting = state?.needs !== undefined && state.pending.length > 0 && state.work?.length === 0;
  return isWaiting ? { is: "waiting", needs: state.needs } : { is: "free" };
}

/** The ranks of a world that will wait for ever, by rank; undefined: there are none. */
export function findDeadlock(standings: readonly Standing[]): Deadlock | undefined {
  const stuck = new Set<number>();
  const living = standings.filter(({ is }) => is !== "finished").length;
  for (const [rank, standing] of standings.entries()) {
    if (standing.is === "waiting" && !willBeTold(rank, standing.needs, standings, living)) stuck.add(rank);
  }
  release(standings, stuck);
  if (stuck.size === 0) return undefined;
  const ranks = [...stuck].sort((a, b) => a - b);
  return { ranks, cycle: findCycle(ranks, standings) };
}

/** Takes away, until nothing changes, every rank that one not in the set could release. */
function release(standings: readonly Standing[], stuck: Set<number>): void {
  const released = standings.flatMap(({ is }, rank) => (is === "finished" || stuck.has(rank) ? [] : [rank]));
  const waitFor = new Map<number, number[]>();
  const waitForAnybody: number[] = [];
  for (const rank of stuck) {
    const { ranks, groups } = needsOf(standings[rank]!);
    for (const needed of new Set([ranks, ...groups].flat())) {
      const waiters = waitFor.get(needed);
      if (waiters === undefined) waitFor.set(needed, [rank]);
      else waiters.push(rank);
    }
    if (groups.some((group) => group.length === 0)) waitForAnybody.push(rank);
  }
  for (let next = released.pop(), first = true; next !== undefined; next = released.pop(), first = false) {
    const waiters = waitFor.get(next) ?? [];
    for (const rank of first ? [...waiters, ...waitForAnybody] : waiters) {
      if (stuck.delete(rank)) released.push(rank);
    }
  }
}

/** An operation that only finished ranks could complete fails as soon as its rank hears of them. */
function willBeTold(self: number, { ranks, groups }: Needs, standings: readonly Standing[], living: number) {
  const isFinished = (rank: number) => standings[rank]?.is === "finished";
  const isHopeless = (group: readonly number[]) => {
    if (group.length === 0) return living === 1 && standings.length > 1;
    return group.length > 1 && group.every((rank) => rank === self || isFinished(rank));
  };
  return ranks.some(isFinished) || groups.some(isHopeless);
}

/** A ring of ranks, each of which waits for the next; wildcards make none, for they leave a choice. */
function findCycle(ranks: readonly number[], standings: readonly Standing[]): number[] | undefined {
  const visited = new Set<number>();
  for (const start of ranks) {
    const trail: number[] = [];
    let rank: number | undefined = start;
    while (rank !== undefined && !visited.has(rank)) {
      visited.add(rank);
      trail.push(rank);
      const { ranks: needed, groups } = needsOf(standings[rank]!);
      rank = groups.length === 0 ? needed[0] : undefined;
    }
    const at = rank === undefined ? -1 : trail.indexOf(rank);
    if (at >= 0) return trail.slice(at);
  }
  return undefined;
}

function needsOf(standing: Standing): Needs {
  return standing.is === "waiting" ? standing.needs : { ranks: [], groups: [] };
}

/**
 * True if no message was on its way to these ranks at the moment between two counts: a rank that got
 * one in between has received more than was sent by then (Mattern 1987).
 *
 * @param before by rank; undefined where a rank has left without a word
 * @param after counted when `before` was complete
 */
export function isQuiet(
  ranks: readonly number[],
  before: readonly (Traffic | undefined)[],
  after: readonly (Traffic | undefined)[],
): boolean {
  return ranks.every((rank) => {
    const received = before[rank]?.received;
    if (received === undefined) return false;
    return after.every(
      (traffic, source) =>
        source === rank || traffic === undefined || (traffic.sent[rank] ?? 0) === (received[source] ?? 0),
    );
  });
}
