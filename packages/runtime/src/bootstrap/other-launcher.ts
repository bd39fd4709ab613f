/** What other launchers tell the processes they start: how many, and which this one is. */
type Variables = Readonly<Record<string, string | undefined>>;

interface Traces {
  readonly launcher: string;
  readonly size: string;
  readonly rank: string;
}

/**
 * Asked in this order: what mpirun and mpiexec have started by srun sees the step's variables, too, but means
 * its own. A batch script, and what salloc starts, have SLURM_PROCID or SLURM_NTASKS, but no SLURM_STEP_NUM_TASKS.
 */
const TRACES: readonly Traces[] = [
  { launcher: "mpirun", size: "OMPI_COMM_WORLD_SIZE", rank: "OMPI_COMM_WORLD_RANK" },
  { launcher: "mpiexec", size: "PMI_SIZE", rank: "PMI_RANK" },
  { launcher: "srun", size: "SLURM_STEP_NUM_TASKS", rank: "SLURM_PROCID" },
];

/**
 * What to say in a world of one that another launcher has started beside others of its kind; undefined
 * when there is none, and in all of them but the first. Pure.
 *
 * @param program what was started, as in "node hello.mjs"
 */
export function otherLauncherHint(variables: Variables, program: string): string | undefined {
  const traces = TRACES.find(({ size }) => variables[size] !== undefined);
  if (traces === undefined || variables[traces.rank] !== "0") return undefined;
  const { size } = traces;
  const processes = Number(variables[size]);
  if (!(processes > 1)) return undefined;
  // srun --mpi=pmi2 sets both.
  const launcher = Number(variables["SLURM_STEP_NUM_TASKS"]) === processes ? "srun" : traces.launcher;
  const where = launcher === "srun" ? ", inside salloc or sbatch" : "";
  return (
    `tsmpi: ${launcher} has started ${processes} processes (${size}=${processes}), each of them a world of one; ` +
    `for ${processes} ranks, use tsmpirun -n ${processes} ${program} instead${where}`
  );
}
