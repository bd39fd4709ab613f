/** What the agent of one host is to do. Readonly, and able to travel as JSON. */
import type { AppSpec, BindTo, RankPlan } from "@tsmpi/protocol";
import type { StdinKind } from "../forwarding/input.js";
import type { FailureAction } from "../options.js";

/** One host's part of a plan. */
export interface Assignment {
  /** The host's name in the allocation. */
  readonly host: string;
  /** Name of the job; the same on every host. */
  readonly jobId: string;
  /** Number of ranks in the world. */
  readonly size: number;
  /** Programs; ranks refer to them by index. Working directories are absolute unless the job is local. */
  readonly apps: readonly AppSpec[];
  /** The ranks of this host. */
  readonly ranks: readonly RankPlan[];
  /** How each of them gets its standard input. */
  readonly stdin: readonly StdinKind[];
  readonly mergeStderr: boolean;
  /** What the job does about a rank that fails. */
  readonly onFailure: FailureAction;
  readonly bindTo: BindTo;
  /** Tell where each rank is bound. */
  readonly reportBindings: boolean;
  /** Descriptors a rank costs the agent besides its streams. */
  readonly filesPerRank: number;
  /** Host index of each rank of the world; undefined when all are on one host. */
  readonly hostOf: readonly number[] | undefined;
  /** Interface or CIDR that connections between hosts are limited to. */
  readonly iface: string | undefined;
  /** What ranks inherit, before the variables of their app. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}
