import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { EXIT, type Allocation, type JobSpec } from "@tsmpi/protocol";
import { readObstacle } from "../obstacle.js";
import { LaunchProblem } from "../problem.js";
import { countEntries, included, type HostEntry } from "./entries.js";
import { filterAllocation } from "./filter.js";
import { parseHostfile } from "./hostfile.js";
import { parseInlineHosts } from "./inline.js";
import { localhost } from "./localhost.js";
import { fromLsf } from "./lsf.js";
import { fromPbs, fromPlainNodefile } from "./pbs.js";
import type { Surroundings } from "./scheduler.js";
import { fromGridEngine } from "./sge.js";
import { fromSlurm } from "./slurm.js";

/** In the order in which they are asked. */
const SCHEDULERS = [fromSlurm, fromPbs, fromGridEngine, fromLsf, fromPlainNodefile];

/**
 * Where a job may run: what the first batch system that is there says, or the hostfile, or
 * --host, or this machine. A hostfile or --host beside something earlier narrows it. Contacts
 * nobody and resolves no name. Throws a LaunchProblem about a text that is not understood.
 */
export function discover(
  spec: Pick<JobSpec, "hosts" | "hostfile" | "oversubscribe" | "remote">,
  environment: NodeJS.ProcessEnv = process.env,
  readFile: Surroundings["readFile"] = (path) => readFileSync(path, "utf8"),
  here = hostname(),
): Allocation {
  const { hosts, hostfile, oversubscribe = false, remote } = spec;
  const narrow = (allocation: Allocation | undefined, entries: HostEntry[], origin: string) =>
    allocation === undefined
      ? named(entries, origin)
      : filterAllocation(allocation, entries, here, oversubscribe);
  // Whoever wants to stay on this machine does not mean the job's other hosts.
  let allocation = remote.launcher === "local" ? undefined : fromScheduler({ environment, readFile });
  if (hostfile !== undefined) {
    allocation = narrow(allocation, readHostfile(hostfile, readFile), hostfile);
  }
  if (hosts !== undefined) allocation = narrow(allocation, parseInlineHosts(hosts), "--host");
  if (allocation === undefined) return localhost(undefined, here);
  if (allocation.hosts.length > 0) return allocation;
  throw new LaunchProblem(EXIT.usage, `no host is left of ${allocation.origin}`);
}

function fromScheduler(surroundings: Surroundings): Allocation | undefined {
  for (const read of SCHEDULERS) {
    const allocation = read(surroundings);
    if (allocation !== undefined) return allocation;
  }
  return undefined;
}

function named(entries: readonly HostEntry[], origin: string): Allocation {
  const sequence = included(entries).map(({ host }) => host);
  return { kind: "hosts", hosts: countEntries(entries), sequence, origin, managed: true };
}

function readHostfile(path: string, readFile: Surroundings["readFile"]): HostEntry[] {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    const why = readObstacle(error as NodeJS.ErrnoException);
    throw new LaunchProblem(EXIT.usage, `the hostfile ${path} cannot be read: ${why}`);
  }
  const entries = parseHostfile(path, content);
  if (entries.length > 0) return entries;
  throw new LaunchProblem(EXIT.usage, `the hostfile ${path} names no host`);
}
