/** Which processors a rank may use. */
import { EXIT, type BindTo, type RankPlan } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import { findInPath } from "./files.js";
import type { Command } from "./program.js";
import { formatProcessors, readTopology, type Topology } from "./topology.js";

/** The ranks of a host and what each may use. */
export interface Bindings {
  /** The command that confines a rank's program to its processors. */
  confine(rank: RankPlan, command: Command): Command;
  /** Where a rank is confined to, for a person: "core 0 (processors 0,4)". */
  describe(rank: RankPlan): string;
}

/**
 * Reads what there is and says who gets what. Throws a LaunchProblem where ranks cannot be bound.
 * `taskset` does it: it becomes the program, so that nothing stands between a rank and its agent.
 */
export function bindings(
  host: string,
  bindTo: BindTo,
  reported: boolean,
  path = process.env["PATH"] ?? "",
): Bindings {
  if (bindTo === "none") {
    const all = reported ? formatProcessors(topologyOf(host).cores.flat()) : "unknown";
    return { confine: (_, command) => command, describe: () => `not bound (processors ${all})` };
  }
  const topology = topologyOf(host);
  const taskset = findInPath("taskset", `${path}:/usr/bin:/bin`, "/");
  if (taskset === undefined) throw cannotBind(host, "there is no taskset, which util-linux has");
  return {
    confine(rank, command) {
      const { processors } = groupOf(topology, bindTo, rank);
      const args = ["-c", formatProcessors(processors), command.file, ...command.args];
      return { ...command, file: taskset, argv0: "taskset", args };
    },
    describe(rank) {
      const { index, processors } = groupOf(topology, bindTo, rank);
      return `${bindTo === "core" ? "core" : "memory node"} ${index} (processors ${formatProcessors(processors)})`;
    },
  };
}

/**
 * Cores one after the other, and from the first again when there are more ranks; memory nodes in
 * blocks, so that neighbours share one. Pure.
 */
export function groupOf(
  topology: Topology,
  bindTo: "core" | "numa",
  { localRank, localSize }: Pick<RankPlan, "localRank" | "localSize">,
): { readonly index: number; readonly processors: readonly number[] } {
  const groups = bindTo === "core" ? topology.cores : topology.nodes;
  const index =
    bindTo === "core" ? localRank % groups.length : Math.floor((localRank * groups.length) / localSize);
  return { index, processors: groups[index]! };
}

function topologyOf(host: string): Topology {
  try {
    const topology = readTopology();
    if (topology.cores.length > 0 && topology.nodes.length > 0) return topology;
  } catch (error) {
    throw cannotBind(host, (error as Error).message);
  }
  throw cannotBind(host, "the system does not tell which processors there are");
}

function cannotBind(host: string, why: string): LaunchProblem {
  return new LaunchProblem(
    EXIT.failure,
    `ranks cannot be bound on ${host}: ${why}; leave out --bind-to and --report-bindings`,
  );
}
