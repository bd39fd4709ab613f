/** Asks ranks whether they are stuck, when it looks so. */
import type { RankState, Traffic } from "@tsmpi/protocol";
import type { Crew } from "./agent/crew.js";
import { findDeadlock, isQuiet, standingOf, type Deadlock } from "./lifecycle/deadlock.js";

/** Ranks that were not stuck are asked again: soon at first, for a thread of theirs may just have been awake. */
const SOON_MS = 200;
const LATER_MS = 2000;
/** In larger jobs it is never sooner than this. */
const EACH_RANK_MS = 5;

/** What ranks have answered. */
export type States = ReadonlyMap<number, RankState | undefined>;

/** Watches over a job whose ranks may wait for each other for ever. */
export interface Suspicion {
  /** Every rank that is not finished has been blocked for long. */
  stalled(): void;
  stop(): void;
}

/**
 * Looks for ranks that will wait for ever, as long as the job is stalled; calls back once for each set
 * of ranks that are. Nothing is asked of a job in which some rank is not blocked.
 */
export function lookForDeadlocks(
  crew: Crew,
  size: number,
  onDeadlock: (deadlock: Deadlock, states: States) => void,
): Suspicion {
  let looking = false;
  let stopped = false;
  let told = "";
  let pause = SOON_MS;
  let timer: NodeJS.Timeout | undefined;

  const look = async () => {
    looking = true;
    const found = await examine(crew, size);
    if (stopped) return;
    if (found !== undefined && String(found.deadlock.ranks) !== told) {
      told = String(found.deadlock.ranks);
      onDeadlock(found.deadlock, found.states);
    }
    timer = setTimeout(lookAgain, Math.max(pause, EACH_RANK_MS * size));
    pause = Math.min(2 * pause, LATER_MS);
  };
  const lookAgain = () => {
    if (crew.stalled()) return void look();
    looking = false;
    pause = SOON_MS;
  };
  return {
    stalled: () => void (!looking && !stopped && look()),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * The first answers say whether there is anything to look into; two counts after that, whether a
 * message is on its way to any of those that seem stuck.
 */
async function examine(
  crew: Crew,
  size: number,
): Promise<{ readonly deadlock: Deadlock; readonly states: States } | undefined> {
  if (deadlockIn(await crew.where("needs"), crew, size) === undefined) return undefined;
  const before = await crew.where("traffic");
  const first = deadlockIn(before, crew, size);
  if (first === undefined) return undefined;
  const after = await crew.where("traffic");
  const deadlock = deadlockIn(after, crew, size);
  if (deadlock === undefined || String(deadlock.ranks) !== String(first.ranks)) return undefined;
  if (crew.living().some((rank) => after.get(rank)?.traffic === undefined)) return undefined;
  return isQuiet(deadlock.ranks, traffic(before, size), traffic(after, size))
    ? { deadlock, states: after }
    : undefined;
}

function deadlockIn(states: States, crew: Crew, size: number): Deadlock | undefined {
  const living = new Set(crew.living());
  const standings = Array.from({ length: size }, (_, rank) =>
    living.has(rank) ? standingOf(states.get(rank)) : ({ is: "finished" } as const),
  );
  return findDeadlock(standings);
}

function traffic(states: States, size: number): (Traffic | undefined)[] {
  return Array.from({ length: size }, (_, rank) => states.get(rank)?.traffic);
}
