/** What other launchers' options are called here. Pure. */

const OWN_SETTINGS =
  "that launcher's own settings mean nothing here: leave it out (networks: --iface; other hosts: --launcher)";
const NOT_NEEDED = "not needed here: leave it out";

/** Names of Open MPI, PRRTE, MPICH's Hydra, srun, torchrun, without dashes. */
const HINTS: Readonly<Record<string, string>> = {
  mca: OWN_SETTINGS,
  gmca: OWN_SETTINGS,
  prtemca: OWN_SETTINGS,
  pmixmca: OWN_SETTINGS,
  am: OWN_SETTINGS,
  tune: OWN_SETTINGS,
  ntasks: "use -n",
  nproc_per_node: "use -N",
  "nproc-per-node": "use -N",
  "ntasks-per-node": "use -N",
  "tasks-per-node": "use -N",
  perhost: "use -N",
  pernode: "use -N 1",
  npersocket: "use -N, and --bind-to numa",
  nnodes: "name the hosts with --host or --hostfile, and use -N for ranks on each",
  nodes: "name the hosts with --host or --hostfile, and use -N for ranks on each",
  nodelist: "use --host",
  nodefile: "use --hostfile",
  rankfile: "use --hostfile with a host for each rank, and --map-by seq",
  rf: "use --hostfile with a host for each rank, and --map-by seq",
  app: "separate programs by a colon: a : b",
  configfile: "separate programs by a colon: a : b",
  bynode: "use --map-by node",
  byslot: "use --map-by slot",
  rr: "use --map-by node",
  "bind-to-core": "use --bind-to core",
  "bind-to-socket": "use --bind-to numa",
  "bind-to-none": "use --bind-to none",
  "cpu-bind": "use --bind-to",
  binding: "use --bind-to",
  bind: "use --bind-to",
  "allow-run-as-root": NOT_NEEDED,
  "use-hwthread-cpus": NOT_NEEDED,
  "enable-recovery": "use --on-failure continue",
  continuous: "use --on-failure continue",
  "with-ft": "use --on-failure continue",
  "disable-auto-cleanup": "use --on-failure continue",
  mpi: "leave it out: tsmpirun calls srun by itself",
  prefix: "tsmpi must lie at the same path on every host; see --remote-prefix",
  envall: "the whole environment is handed on: leave it out",
  genvall: "the whole environment is handed on: leave it out",
  envlist: "use -x NAME for each",
  genvlist: "use -x NAME for each",
  envnone: "use --env-none",
  genvnone: "use --env-none",
  export: "use -x NAME for each",
  bootstrap: "use --launcher",
  rmk: "use --launcher, --host or --hostfile",
  "bootstrap-exec": "use --rsh-agent",
  "launcher-exec": "use --rsh-agent",
  "bootstrap-exec-args": "use --ssh-arg",
  "launcher-exec-args": "use --ssh-arg",
  "prepend-rank": "use -l",
  label: "use -l",
  output: "use --output-dir, -l or --timestamp-output",
  "output-filename": "use --output-dir",
  "outfile-pattern": "use --output-dir",
  "errfile-pattern": "use --output-dir",
  cwd: "use --wdir",
  env: "use -x NAME=value",
  "display-map": "use --display map",
  "display-allocation": "use --display allocation",
  "do-not-launch": "use --dry-run",
  xterm: "start the terminal yourself: tsmpirun -n 2 xterm -e node prog.js",
};

/** What to use instead of an option of another launcher, with its dashes and perhaps `=value`. */
export function foreignHint(word: string): string | undefined {
  const [, name = "", value = ""] = /^--?([^=]*)(?:=(.*))?$/.exec(word) ?? [];
  if (!Object.hasOwn(HINTS, name)) return undefined;
  const hint = HINTS[name]!;
  return /^use -\w$/.test(hint) && /^\d+$/.test(value) ? `${hint} ${value}` : hint;
}
