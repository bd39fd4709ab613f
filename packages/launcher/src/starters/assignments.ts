/** A plan cut into one assignment for each host. Pure. */
import { resolve } from "node:path";
import type { Plan } from "@tsmpi/protocol";
import type { Assignment } from "../agent/assignment.js";
import { forwardedEnvironment } from "../agent/forwarded.js";
import { stdinKind, type StdinKind } from "../forwarding/input.js";
import type { LaunchOptions } from "../options.js";

/** What the hosts of a job have in common, and what they can tell of the launcher's terminal. */
export interface JobFacts {
  readonly jobId: string;
  readonly options: LaunchOptions;
  /** True when the launcher's standard input is a terminal. */
  readonly terminal: boolean;
  /** Interface or CIDR that connections between hosts are limited to. */
  readonly iface: string | undefined;
}

/** The part of the host that the launcher runs on. */
export function localAssignment(plan: Plan, hostIndex: number, facts: JobFacts): Assignment {
  return assignment(plan, hostIndex, facts, (rank) => stdinKind(facts.options.stdin, rank, facts.terminal));
}

/**
 * The part of another host. Its ranks cannot inherit the launcher's standard input, and what means
 * something only here is spelt out: the directory, and variables to hand on.
 */
export function remoteAssignment(plan: Plan, hostIndex: number, facts: JobFacts): Assignment {
  const { stdin, environment } = facts.options;
  const common = assignment(plan, hostIndex, facts, (rank) => stdinKind(stdin, rank, true));
  return {
    ...common,
    apps: common.apps.map((app) => ({
      ...app,
      workingDirectory: resolve(app.workingDirectory ?? "."),
      environment: Object.fromEntries(
        Object.entries(app.environment).map(([name, value]) => [name, value ?? process.env[name]]),
      ),
    })),
    filesPerRank: 1,
    environment: forwardedEnvironment(environment, { otherUser: plan.hosts[hostIndex]!.user !== undefined }),
  };
}

function assignment(
  plan: Plan,
  hostIndex: number,
  { jobId, options, iface }: JobFacts,
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
    onFailure: options.onFailure,
    bindTo: plan.bindTo,
    reportBindings: options.reportBindings,
    filesPerRank: (options.output.directory === undefined ? 0 : 2) + (options.stdin === "all" ? 1 : 0),
    hostOf: plan.hosts.length === 1 ? undefined : plan.ranks.map((rank) => rank.hostIndex),
    iface,
    environment: options.environment,
  };
}
