/** Ranks that will wait for ever, in words. Pure. */
import type { PendingOperation, RankState } from "@tsmpi/protocol";
import type { Deadlock } from "./deadlock.js";
import { table } from "./table.js";
import { rankList } from "./rank-list.js";

/** A table is for reading. */
const MOST_ROWS = 64;
const MOST_NAMED = 8;
const HEAD = ["rank", "operation", "peer", "tag", "communicator", "for", "at"] as const;

/**
 * What has happened, in one sentence; and every stuck rank's operations, a line each, head first, then the messages
 * that it has and does not receive.
 */
export function describeDeadlock(
  { ranks, cycle }: Deadlock,
  states: ReadonlyMap<number, RankState | undefined>,
): { readonly sentence: string; readonly table: readonly string[] } {
  const rows = ranks.flatMap((rank) => (states.get(rank)?.pending ?? []).map((call) => row(rank, call)));
  const shown = rows.slice(0, MOST_ROWS);
  const more = rows.length > shown.length ? [`  … and ${rows.length - shown.length} more operations`] : [];
  return {
    sentence: `deadlock: ${cycle === undefined ? choice(ranks) : ring(cycle)}`,
    table: [...table([HEAD, ...shown]), ...more, ...unreceived(ranks, states)],
  };
}

/** A message that is there and does not fit tells most about a tag or a communicator that is wrong. */
function unreceived(ranks: readonly number[], states: ReadonlyMap<number, RankState | undefined>): string[] {
  const lines = ranks.flatMap((rank) =>
    (states.get(rank)?.unreceived ?? []).map(({ source, tag, count, communicator = "world" }) => {
      const what = count === 1 ? "a message" : `${count} messages`;
      return `  rank ${rank} has ${what} of rank ${source} with tag ${tag} on "${communicator}" that it does not receive`;
    }),
  );
  if (lines.length <= MOST_NAMED) return lines;
  return [...lines.slice(0, MOST_NAMED), `  … and ${lines.length - MOST_NAMED} more such messages`];
}

function ring(cycle: readonly number[]): string {
  if (cycle.length === 1) return `rank ${cycle[0]} waits for itself`;
  const named = cycle.slice(1, MOST_NAMED).map((rank) => `rank ${rank}`);
  const skipped = cycle.length > MOST_NAMED ? [`${cycle.length - MOST_NAMED} more, the last of them`] : [];
  const links = [...named, ...skipped, `rank ${cycle[0]}`];
  return `rank ${cycle[0]} waits for ${links.join(", which waits for ")}`;
}

function choice(ranks: readonly number[]): string {
  if (ranks.length === 1) return `rank ${ranks[0]} waits for a message that nobody can send`;
  return `ranks ${rankList(ranks)} wait for each other, and nobody else can send what they wait for`;
}

function row(
  rank: number,
  { operation, peer, tag, communicator, seconds, place }: PendingOperation,
): string[] {
  return [
    String(rank),
    operation,
    peer === undefined ? "any" : String(peer),
    tag === undefined ? "any" : String(tag),
    communicator ?? "world",
    `${seconds.toFixed(1)} s`,
    place === undefined || place === "" ? "?" : place,
  ];
}
