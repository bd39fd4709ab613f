/**
 * The values a launch is made of. Each stage takes the previous one's value and returns the
 * next; all of them are readonly.
 *
 *     JobSpec ──discover──▶ Allocation ──place──▶ Plan ──run──▶ Report
 */

/** One program of a job (`a : b : c` on the command line makes three). */
export interface AppSpec {
  readonly program: string;
  readonly args: readonly string[];
  /** Number of ranks asked for; undefined: all slots of the allocation. */
  readonly ranks: number | undefined;
  /** Ranks on each host; undefined: as the slots allow. */
  readonly ranksPerHost: number | undefined;
  /** Variables to set (a value), or to hand on from the launcher's environment (undefined). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string | undefined;
}

/** What the user asked for. */
export interface JobSpec {
  readonly apps: readonly AppSpec[];
  /** undefined: ask the origin of the slots whether more ranks than slots are fine. */
  readonly oversubscribe: boolean | undefined;
}

/** One host and how many ranks it takes. */
export interface HostSlots {
  readonly host: string;
  readonly slots: number;
}

/** The hosts a job may use. */
export interface Allocation {
  readonly hosts: readonly HostSlots[];
  /** Where the numbers came from, for messages: "the 2 cores of this machine". */
  readonly origin: string;
  /** True when somebody counted the slots on purpose: going over them needs --oversubscribe. */
  readonly managed: boolean;
}

/** One process to start. */
export interface RankPlan {
  readonly rank: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly host: string;
  /** Index into the job's apps. */
  readonly app: number;
}

/** Who runs where. */
export interface Plan {
  readonly apps: readonly AppSpec[];
  readonly ranks: readonly RankPlan[];
  /** One line for the user about something unusual but fine (oversubscription on a laptop). */
  readonly notice: string | undefined;
}

/** How a rank's process ended. Exactly one of `code` and `signal` is set. */
export interface RankExit {
  readonly rank: number;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Since the rank was started. */
  readonly seconds: number;
}

/** How a job ended. */
export interface Report {
  /** The launcher's own exit code. */
  readonly code: number;
  /** Since the first rank was started. */
  readonly seconds: number;
}
