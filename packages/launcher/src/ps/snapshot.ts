/** A job at one moment: where each of its ranks is. */
import type { PendingOperation, Plan, RankState } from "@tsmpi/protocol";
import type { Crew } from "../agent/crew.js";
import type { Usage } from "../agent/usage.js";

/** What a rank does. */
export type Activity =
  /** It is in a call of tsmpi, or in several. */
  | "waiting"
  /** It is not, or does not answer. */
  | "running"
  /** It has nothing left to do, and waits for the others. */
  | "finished"
  /** It has never communicated: it computes first, or has nothing to do with tsmpi. */
  | "no call yet"
  /** Its process is over. */
  | "ended";

/** A rank at one moment. */
export interface RankSnapshot {
  readonly rank: number;
  readonly host: string;
  readonly activity: Activity;
  /** What it waits for, oldest first. */
  readonly pending: readonly PendingOperation[];
  readonly usage: Usage | null;
}

/** A job at one moment. Travels as JSON. */
export interface Snapshot {
  /** The launcher's process. */
  readonly pid: number;
  /** Since the first rank's start. */
  readonly seconds: number;
  /** Command lines of its programs. */
  readonly programs: readonly string[];
  readonly ranks: readonly RankSnapshot[];
}

/** Asks all ranks; takes a second or so if some have not waited lately. */
export async function takeSnapshot(crew: Crew, plan: Plan, seconds: number): Promise<Snapshot> {
  const [states, usages] = await Promise.all([crew.where("place"), crew.usage()]);
  const living = new Set(crew.living());
  return {
    pid: process.pid,
    seconds,
    programs: plan.apps.map(({ program, args }) => [program, ...args].join(" ")),
    ranks: plan.ranks.map(({ rank, host }) => {
      const state = states.get(rank);
      const activity = living.has(rank) ? activityOf(states.has(rank), state) : "ended";
      return {
        rank,
        host,
        activity,
        pending: activity === "waiting" ? state!.pending : [],
        usage: usages.get(rank) ?? null,
      };
    }),
  };
}

function activityOf(speaks: boolean, state: RankState | undefined): Activity {
  if (!speaks) return "no call yet";
  if (state?.finalizing === true) return "finished";
  return state !== undefined && state.pending.length > 0 ? "waiting" : "running";
}
