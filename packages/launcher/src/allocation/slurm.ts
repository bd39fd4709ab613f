import { EXIT, type Allocation, type HostSlots } from "@tsmpi/protocol";
import { expandCounts } from "./counts.js";
import { expandHostList } from "./hostlist.js";
import { mergeHosts, requireHosts, type Surroundings } from "./scheduler.js";

/** Slurm's numbers for the steps that are no step of a user's: the batch script, an interactive shell. */
const FIRST_SPECIAL_STEP = 0xffff_fff0;

/** The hosts of a Slurm job or, inside a step, of the step; undefined outside of one. */
export function fromSlurm({ environment }: Pick<Surroundings, "environment">): Allocation | undefined {
  const job = environment["SLURM_JOB_ID"] ?? environment["SLURM_JOBID"];
  if (!job) return undefined;
  const hosts =
    stepHosts(environment) ?? heterogeneousHosts(environment) ?? componentHosts(environment, "", undefined);
  if (hosts === undefined) return undefined;
  return { kind: "slurm", hosts: mergeHosts(hosts), origin: `Slurm job ${job}`, managed: true };
}

function stepHosts(environment: NodeJS.ProcessEnv): HostSlots[] | undefined {
  const step = Number(environment["SLURM_STEP_ID"] || NaN);
  // The shell of `salloc` may be a step on the first host only, and means the whole job all the same.
  if (!(step < FIRST_SPECIAL_STEP) || !environment["SLURM_STEP_NODELIST"]) return undefined;
  return hostsAndSlots(environment, "SLURM_STEP_NODELIST", ["SLURM_STEP_TASKS_PER_NODE"], undefined);
}

/** All components of a heterogeneous job, "pack" in old versions. */
function heterogeneousHosts(environment: NodeJS.ProcessEnv): HostSlots[] | undefined {
  for (const word of ["HET", "PACK"]) {
    const size = Number(environment[`SLURM_${word}_SIZE`] ?? 0);
    if (!(size > 0)) continue;
    const components = Array.from({ length: size }, (_, component) =>
      componentHosts(environment, `_${word}_GROUP_${component}`, component),
    );
    if (components.every((hosts) => hosts !== undefined)) return components.flat();
  }
  return undefined;
}

function componentHosts(
  environment: NodeJS.ProcessEnv,
  suffix: string,
  component: number | undefined,
): HostSlots[] | undefined {
  const list = ["SLURM_JOB_NODELIST", "SLURM_NODELIST"]
    .map((name) => name + suffix)
    .find((name) => environment[name]);
  if (list === undefined) return undefined;
  const has = (name: string) => Boolean(environment[name + suffix]);
  const asked = ["SLURM_NTASKS", "SLURM_NPROCS", "SLURM_NTASKS_PER_NODE"].some(has);
  const tasks = `SLURM_TASKS_PER_NODE${suffix}`;
  const processors = `SLURM_JOB_CPUS_PER_NODE${suffix}`;
  const counts = asked ? [tasks, processors] : [processors, tasks];
  return hostsAndSlots(environment, list, counts, component, suffix);
}

/** The counts are taken from the first variable that is set. */
function hostsAndSlots(
  environment: NodeJS.ProcessEnv,
  list: string,
  counts: readonly string[],
  component: number | undefined,
  suffix = "",
): HostSlots[] {
  const read = (name: string) => ({ name, text: environment[name]!, exitCode: EXIT.failure });
  const hosts = expandHostList(read(list));
  requireHosts(hosts, list);
  const variable = counts.find((name) => environment[name]);
  const numbers = variable === undefined ? hosts.map(() => 1) : expandCounts(read(variable), hosts.length);
  const wide = variable?.startsWith("SLURM_JOB_CPUS") ? `SLURM_CPUS_PER_TASK${suffix}` : undefined;
  const width = Math.max(1, Number(environment[wide ?? ""] ?? 1) || 1);
  const slotsOrigin =
    variable === undefined ? `${list} says no number` : variable + (width > 1 ? ` / ${wide}` : "");
  return hosts.map((host, index) => ({
    host,
    slots: width > 1 ? Math.max(1, Math.floor(numbers[index]! / width)) : numbers[index]!,
    slotsOrigin,
    ...(component === undefined ? {} : { component }),
  }));
}
