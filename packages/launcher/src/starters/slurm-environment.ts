/** What srun may find in its environment, and how a job's hosts are grouped. Pure. */
import { EXIT } from "@tsmpi/protocol";
import { expandHostList } from "../allocation/hostlist.js";
import type { RemoteHost } from "./starter.js";

/**
 * srun reads the job's own wishes back as if they were options of the step: SLURM_NTASKS,
 * SLURM_CPUS_PER_TASK, SLURM_DISTRIBUTION, SLURM_EXCLUSIVE and dozens more, new ones with each
 * version. Everything is given on the command line, so only what finds the job stays.
 */
const KEPT = /^SLURM_(JOB_?ID|CONF|JWT|CLUSTERS|CLUSTER_NAME|DEBUG_FLAGS)$/;

export function withoutWishes(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(SLURM|SRUN|SLURMD)_/.test(name) || KEPT.test(name)),
  );
}

/** Hosts that one srun can reach. */
export interface Component {
  /** Its number in a heterogeneous job; undefined in any other. */
  readonly number: number | undefined;
  readonly hosts: readonly RemoteHost[];
}

/** A heterogeneous job is several allocations in one, each with its own srun. */
export function components(
  hosts: readonly RemoteHost[],
  environment: NodeJS.ProcessEnv,
): readonly Component[] {
  const size = Number(environment["SLURM_HET_SIZE"] ?? environment["SLURM_PACK_SIZE"] ?? 0);
  if (!(size > 1)) return [{ number: undefined, hosts }];
  return Array.from({ length: size }, (_, number) => {
    const list =
      environment[`SLURM_JOB_NODELIST_HET_GROUP_${number}`] ??
      environment[`SLURM_JOB_NODELIST_PACK_GROUP_${number}`] ??
      "";
    const names = new Set(expandHostList({ name: "SLURM_JOB_NODELIST", text: list, exitCode: EXIT.failure }));
    return { number, hosts: hosts.filter(({ host }) => names.has(host)) };
  }).filter((component) => component.hosts.length > 0);
}

/** [major, minor]: versions are years and months. */
export type SlurmVersion = readonly [number, number];

/** From what `srun --version` says; undefined: it says something else. */
export function parseVersion(text: string): SlurmVersion | undefined {
  const [, major, minor] = /^slurm\S* (\d+)\.(\d+)/m.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

/** The options of the step that starts one agent on each host; in the newest spelling if the version is unknown. */
export function stepOptions(
  { number, hosts }: Component,
  version: SlurmVersion | undefined,
): readonly string[] {
  const [major, minor] = version ?? [Infinity, 0];
  const since = (year: number, month: number) => major > year || (major === year && minor >= month);
  const count = hosts.length;
  return [
    ...[`--nodes=${count}`, `--ntasks=${count}`, "--ntasks-per-node=1"],
    `--nodelist=${hosts.map(({ host }) => host).join(",")}`,
    // Beside whatever else runs in the job: before 20.11 that went without saying.
    ...(since(20, 11) ? ["--overlap"] : []),
    ...(number === undefined ? [] : [since(20, 11) ? `--het-group=${number}` : `--pack-group=${number}`]),
    // Losses are the launcher's to judge: Slurm would end the step when it takes a host for dead.
    ...["--no-kill", "--mpi=none", since(17, 11) ? "--cpu-bind=none" : "--cpu_bind=none"],
    ...["--kill-on-bad-exit=0", "--wait=0", "--input=all", "--export=ALL", "--chdir=/", "--label", "-v"],
  ];
}
