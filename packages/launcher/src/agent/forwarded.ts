/** What of the launcher's environment goes to other hosts. Pure. */
import { RANK_VARIABLES } from "@tsmpi/protocol";

/** Facts about the launcher's own host, terminal, session and process. */
const OWN = [
  "_",
  "DBUS_SESSION_BUS_ADDRESS",
  "DISPLAY",
  "HOSTNAME",
  "LSF_PM_TASKID",
  "LSB_JOBRES_PID",
  "LS_JOBPID",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  "OLDPWD",
  "PBS_JOBCOOKIE",
  "PBS_MOMPORT",
  "PBS_NODENUM",
  "PBS_TASKNUM",
  "PBS_VNODENUM",
  "PE_HOSTFILE",
  "PWD",
  "SHLVL",
  "SLURMD_NODENAME",
  "SLURM_DISTRIBUTION",
  "SLURM_EXPORT_ENV",
  "SLURM_GTIDS",
  "SLURM_LAUNCH_NODE_IPADDR",
  "SLURM_LOCALID",
  "SLURM_NODEID",
  "SLURM_PRIO_PROCESS",
  "SLURM_PROCID",
  "SLURM_STEPID",
  "SLURM_TASK_PID",
  "SLURM_UMASK",
  "STY",
  "TMUX",
  "TMUX_PANE",
  "WAYLAND_DISPLAY",
  "WINDOWID",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_SEAT",
  "XDG_SESSION_ID",
  "XDG_VTNR",
];
/** The same, by how they begin; also what an outer MPI has told the launcher as one of its ranks. */
const OWN_PREFIXES = [
  "OMPI_COMM_WORLD_",
  "PMIX_",
  "PMI_",
  "SLURM_CPU_BIND",
  "SLURM_MEM_BIND",
  "SLURM_PTY_",
  "SLURM_RLIMIT_",
  "SLURM_SRUN_COMM_",
  "SLURM_STEP_",
  "SLURM_TOPOLOGY_",
  "SSH_",
];
/** Facts about the user, who may be another one there. */
const USER = ["HOME", "LOGNAME", "MAIL", "SHELL", "USER"];

/**
 * The variables of an environment that mean the same on another host: all but those that describe
 * the launcher's own host, terminal, login session, batch step or process. What -x names is not
 * asked about here.
 */
export function forwardedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly otherUser?: boolean } = {},
): Record<string, string> {
  const denied = new Set([...OWN, ...RANK_VARIABLES, ...(options.otherUser === true ? USER : [])]);
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || denied.has(name)) continue;
    if (OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    result[name] = value;
  }
  return result;
}
