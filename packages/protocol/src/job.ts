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

/**
 * How ranks are laid over the hosts: fill one host's slots after the other, one rank to each host
 * in turn, so many on each host, or each rank on the host of its line.
 */
export type MapBy =
  | { readonly type: "slot" }
  | { readonly type: "node" }
  | { readonly type: "ppr"; readonly ranks: number }
  | { readonly type: "seq" };

/** How the ranks of a program are numbered: host by host, or round the hosts. */
export type RankBy = "slot" | "node";

/** What a rank may not leave: nothing, the cores it is given, or the memory node of its cores. */
export type BindTo = "none" | "core" | "numa";

/** What starts agents on other hosts. `auto`: what the origin of the hosts suggests. */
export type LauncherName = "auto" | "local" | "ssh" | "slurm" | "pbs" | "sge" | "lsf";

/** How other hosts are reached. */
export interface RemoteSpec {
  readonly launcher: LauncherName;
  /** A command that is called as `…words host command…`; undefined: the launcher's own. */
  readonly rshAgent: readonly string[] | undefined;
  /** Words to add to ssh's options. */
  readonly sshArgs: readonly string[];
  /** Words in front of the agent's command on each other host (`apptainer exec image`). */
  readonly remotePrefix: readonly string[];
  /** Name of an interface, or a CIDR, that control and data are limited to. */
  readonly iface: string | undefined;
  /** How long a host may take to answer. */
  readonly connectTimeoutSeconds: number;
  /** False: what ranks send to other hosts is neither encrypted nor authenticated. */
  readonly encrypt: boolean;
}

/** What the user asked for. */
export interface JobSpec {
  readonly apps: readonly AppSpec[];
  /** undefined: ask the origin of the slots whether more ranks than slots are fine. */
  readonly oversubscribe: boolean | undefined;
  /** `a:4,b`: hosts given on the command line. */
  readonly hosts: string | undefined;
  /** Path of a hostfile. */
  readonly hostfile: string | undefined;
  readonly mapBy: MapBy;
  /** undefined: as `mapBy` suggests. */
  readonly rankBy: RankBy | undefined;
  readonly bindTo: BindTo;
  readonly remote: RemoteSpec;
}

/** One host and how many ranks it takes. */
export interface HostSlots {
  /** As it was given: a starter must not respell it. */
  readonly host: string;
  readonly slots: number;
  /** Where the number came from, for messages: "hosts.txt line 3", "SLURM_TASKS_PER_NODE". */
  readonly slotsOrigin: string;
  /** Never more ranks than this, whatever --oversubscribe says. */
  readonly maxSlots?: number;
  /** Component of a heterogeneous Slurm job, for srun. */
  readonly component?: number;
  /** For ssh. */
  readonly user?: string;
  readonly port?: number;
}

/** Who named the hosts; decides what starts agents there. */
export type AllocationKind = "local" | "hosts" | "slurm" | "pbs" | "sge" | "lsf" | "nodefile";

/** The hosts a job may use. */
export interface Allocation {
  readonly kind: AllocationKind;
  /** Each host once, in the order given. */
  readonly hosts: readonly HostSlots[];
  /**
   * Lines of a sequence: the host of each line in turn, repeated hosts included. What --map-by
   * seq follows. undefined: the order of `hosts`.
   */
  readonly sequence?: readonly string[];
  /** Where the hosts came from, for messages: "the 2 cores of this machine", "Slurm job 4711". */
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
  /** Index into the plan's hosts. */
  readonly hostIndex: number;
  /** Index into the job's apps. */
  readonly app: number;
}

/** Who runs where. */
export interface Plan {
  readonly apps: readonly AppSpec[];
  /** The hosts that ranks run on, in the allocation's order. */
  readonly hosts: readonly HostSlots[];
  readonly ranks: readonly RankPlan[];
  readonly bindTo: BindTo;
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
