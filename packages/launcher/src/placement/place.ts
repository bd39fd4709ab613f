import {
  EXIT,
  type Allocation,
  type AppSpec,
  type HostSlots,
  type JobSpec,
  type Plan,
  type RankPlan,
} from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/**
 * Decides who runs where. Pure. Ranks are numbered through the apps in the order given.
 * Throws a LaunchProblem when the ranks do not fit, or the numbers contradict each other.
 */
export function place(spec: JobSpec, allocation: Allocation): Plan {
  const [{ host, slots }] = allocation.hosts as readonly [HostSlots];
  const counts = spec.apps.map((app) => rankCount(app, spec.apps.length, slots));
  const size = counts.reduce((sum, count) => sum + count, 0);
  const over = size > slots;
  if (over && !(spec.oversubscribe ?? !allocation.managed)) {
    throw new LaunchProblem(EXIT.usage, tooManyRanks(size, allocation, spec.oversubscribe === false));
  }
  const ranks = counts.flatMap((count, app) => Array.from({ length: count }, () => app));
  return {
    apps: spec.apps,
    ranks: ranks.map((app, rank): RankPlan => ({
      rank,
      localRank: rank,
      localSize: size,
      host,
      hostIndex: 0,
      app,
    })),
    hosts: allocation.hosts.slice(0, 1),
    bindTo: spec.bindTo,
    notice: over && spec.oversubscribe === undefined ? `${size} ranks share ${allocation.origin}` : undefined,
  };
}

function rankCount(app: AppSpec, apps: number, slots: number): number {
  const { ranks, ranksPerHost, program } = app;
  if (ranks !== undefined && ranksPerHost !== undefined && ranks > ranksPerHost) {
    throw new LaunchProblem(
      EXIT.usage,
      `-n ${ranks} does not fit with -N ${ranksPerHost} on one host: use -N ${ranks}, or leave -N out`,
    );
  }
  const count = ranks ?? ranksPerHost;
  if (count === undefined && apps > 1) {
    throw new LaunchProblem(
      EXIT.usage,
      `-n is missing for ${program}: each of several programs needs its own`,
    );
  }
  return count ?? slots;
}

function tooManyRanks(size: number, allocation: Allocation, forbidden: boolean): string {
  const slots = allocation.hosts.reduce((sum, host) => sum + host.slots, 0);
  const remedy = forbidden ? "leave out --nooversubscribe" : "add --oversubscribe";
  return [
    `${size} ranks need ${size} slots, and there are ${slots} (${allocation.origin}):`,
    ...allocation.hosts.map((host) => `  ${host.host}: ${host.slots}`),
    `use -n ${slots}, or ${remedy}`,
  ].join("\n");
}
