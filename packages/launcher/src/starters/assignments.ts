/** A plan cut into one assignment for each host. Pure. */
import type { Plan } from "@tsmpi/protocol";
import type { Assignment } from "../agent/assignment.js";
import { stdinKind, type StdinKind } from "../forwarding/input.js";
import type { LaunchOptions } from "../options.js";

/** What the hosts of a job have in common, and what they can tell of the launcher's terminal. */
export interface JobFacts {
  readonly jobId: string;
  readonly options: LaunchOptions;
  /** True when the launcher's standard input is a terminal. */
  readonly terminal: boolean;
}

/** The part of the host that the launcher runs on. */
export function localAssignment(plan: Plan, hostIndex: number, facts: JobFacts): Assignment {
  return assignment(plan, hostIndex, facts, (rank) => stdinKind(facts.options.stdin, rank, facts.terminal));
}

/** The part of another host: its ranks cannot inherit the launcher's standard input. */
export function remoteAssignment(plan: Plan, hostIndex: number, facts: JobFacts): Assignment {
  const common = assignment(plan, hostIndex, facts, (rank) => stdinKind(facts.options.stdin, rank, true));
  return { ...common, filesPerRank: 1 };
}

function assignment(
  plan: Plan,
  hostIndex: number,
  { jobId, options }: JobFacts,
  stdin: (rank: number) => StdinKind,
): Assignment {
  const ranks = plan.ranks.filter((rank) => rank.hostIndex === hostIndex);
  return {
    host: plan.hosts[hostIndex]!.host,
    jobId,
    size: plan.ranks.length,
    apps: plan.apps,
    ranks,
    stdin: ranks.map(({ rank }) => stdin(rank)),
    mergeStderr: options.output.mergeStderr,
    filesPerRank: (options.output.directory === undefined ? 0 : 2) + (options.stdin === "all" ? 1 : 0),
    environment: options.environment,
  };
}
