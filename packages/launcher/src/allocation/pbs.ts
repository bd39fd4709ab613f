import type { Allocation } from "@tsmpi/protocol";
import { fromNodefile } from "./nodefile.js";
import type { Surroundings } from "./scheduler.js";

/** The hosts of an OpenPBS, PBS Pro or Torque job; undefined outside of one. */
export function fromPbs(surroundings: Surroundings): Allocation | undefined {
  const { PBS_JOBID: job, PBS_NODEFILE: path } = surroundings.environment;
  if (!job || !path) return undefined;
  return fromNodefile("pbs", "PBS_NODEFILE", `PBS job ${job}`, surroundings);
}

/** Variables that name a plain file of hosts, one for each process. */
const NODEFILES = { OAR_NODEFILE: "OAR_JOB_ID", COBALT_NODEFILE: "COBALT_JOBID" } as const;

/** The hosts of a system that only leaves a file of names; undefined outside of one. */
export function fromPlainNodefile(surroundings: Surroundings): Allocation | undefined {
  const { environment } = surroundings;
  for (const [variable, jobVariable] of Object.entries(NODEFILES)) {
    if (!environment[variable]) continue;
    const job = environment[jobVariable];
    const system = variable.split("_", 1)[0]!;
    const origin = job ? `${system} job ${job}` : variable;
    return fromNodefile("nodefile", variable, origin, surroundings);
  }
  return undefined;
}
