/** Which starter fits where the hosts came from. Pure. */
import { EXIT, type AllocationKind, type LauncherName } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import type { StarterName } from "./starter.js";

/** What the choice depends on besides the user's word. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** True when there is such a command in PATH. */
  has(command: string): boolean;
}

/** What each batch system's starter needs: it works inside a job only. */
const NEEDS: Readonly<Record<"slurm" | "pbs" | "sge" | "lsf", Needs>> = {
  slurm: {
    system: "Slurm",
    variables: ["SLURM_JOB_ID", "SLURM_JOBID"],
    command: "srun",
    how: "salloc or sbatch",
  },
  pbs: { system: "PBS", variables: ["PBS_JOBID"], command: "pbs_tmrsh", how: "qsub" },
  sge: { system: "Grid Engine", variables: ["PE_HOSTFILE"], command: "qrsh", how: "qsub -pe" },
  lsf: { system: "LSF", variables: ["LSB_JOBID"], command: "blaunch", how: "bsub" },
};

interface Needs {
  readonly system: string;
  readonly variables: readonly string[];
  readonly command: string;
  readonly how: string;
}

/**
 * The starter for other hosts; "local": nothing may be started elsewhere. A batch system's own
 * starter is preferred, since it knows who may use the hosts and ends what it started; where its
 * command is missing, ssh. Throws a LaunchProblem when the user asks for what cannot work here.
 *
 * @param launcher --launcher
 * @param hasRshAgent --rsh-agent was given, which decides
 */
export function starterFor(
  kind: AllocationKind,
  launcher: LauncherName,
  hasRshAgent: boolean,
  { environment, has }: Surroundings,
): StarterName | "local" {
  if (hasRshAgent && (launcher === "auto" || launcher === "ssh")) return "command";
  if (hasRshAgent) {
    throw new LaunchProblem(
      EXIT.usage,
      `--rsh-agent and --launcher ${launcher} exclude each other; give one of them`,
    );
  }
  switch (launcher) {
    case "local":
    case "ssh":
      return launcher;
    case "slurm":
    case "pbs":
    case "sge":
    case "lsf":
      requireSystem(launcher, environment, has);
      return launcher;
    case "auto":
      break;
  }
  if (kind === "local") return "local";
  if (kind === "hosts" || kind === "nodefile") return "ssh";
  return has(NEEDS[kind].command) ? kind : "ssh";
}

function requireSystem(
  name: keyof typeof NEEDS,
  environment: NodeJS.ProcessEnv,
  has: Surroundings["has"],
): void {
  const { system, variables, command, how } = NEEDS[name];
  if (!variables.some((variable) => environment[variable])) {
    throw new LaunchProblem(
      EXIT.usage,
      `--launcher ${name}: this is not inside a ${system} job (${variables[0]} is not set); start tsmpirun by ${how}, or leave the option out`,
    );
  }
  if (!has(command)) {
    throw new LaunchProblem(
      EXIT.failure,
      `--launcher ${name}: ${command} is not in PATH; add its directory to PATH, or use --launcher ssh`,
    );
  }
}
