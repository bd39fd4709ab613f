/** The one table of options: the parser, the help and the completion are made from it. */

/** Whether an option belongs to one program of several, or to the whole job. */
export type Scope = "program" | "job";

/** One option. */
export interface OptionRow {
  /** The first name is the one in the help; one-letter names take one dash. */
  readonly names: readonly string[];
  /** What the values are called in the help; none: a switch. */
  readonly values: readonly string[];
  readonly scope: Scope;
  readonly group: string;
  readonly text: string;
  /** May be given more than once. */
  readonly repeats?: boolean;
  /** Its value may begin with a dash. */
  readonly dashes?: boolean;
}

const row = (
  group: string,
  scope: Scope,
  names: string,
  values: string,
  text: string,
  repeats = false,
): OptionRow => ({
  group,
  scope,
  names: names.split(" "),
  values: values === "" ? [] : values.split(" "),
  text,
  repeats,
});

const RANKS = "Ranks";
const HOSTS = "Hosts";
const REMOTE = "Reaching other hosts";
const ENVIRONMENT = "Environment";
const STREAMS = "Input and output";
const LIFE = "Life of the job";
const ABOUT = "About";

/** All options, in the order of the help. */
export const OPTIONS = [
  row(
    RANKS,
    "program",
    "n c np",
    "N",
    "number of ranks (default: one for each slot; without hosts, for each core)",
  ),
  row(RANKS, "program", "N ppn npernode", "N", "ranks on each host"),
  row(
    RANKS,
    "job",
    "map-by",
    "slot|node|ppr:N:node|seq",
    "fill host by host, deal to hosts in turn, N on each, or a host for each rank",
  ),
  row(RANKS, "job", "rank-by", "slot|node", "number the ranks host by host, or round the hosts"),
  row(
    RANKS,
    "job",
    "bind-to",
    "none|core|numa",
    "keep each rank on a core, or on the cores of a memory node",
  ),
  row(RANKS, "job", "report-bindings", "", "say which processors each rank may use"),
  row(RANKS, "job", "oversubscribe", "", "more ranks than slots are fine"),
  row(RANKS, "job", "nooversubscribe", "", "more ranks than slots are an error"),
  row(RANKS, "job", "lanes", "shm,zeromq|zeromq", "ranks of one host speak through memory as well, or not"),
  row(
    HOSTS,
    "job",
    "host hosts H",
    "HOST[:N],…",
    "hosts and their slots (default 1): a:4,me@b,node[01-16]:2,^node03",
  ),
  row(
    HOSTS,
    "job",
    "hostfile machinefile f",
    "FILE",
    "lines of `host [slots=N] [max_slots=N] [user=U] [port=P]`",
  ),
  row(REMOTE, "job", "launcher", "auto|local|ssh|slurm|pbs|sge|lsf", "what starts agents on other hosts"),
  row(REMOTE, "job", "rsh-agent", "COMMAND", "start agents by `COMMAND host words…` instead of ssh"),
  {
    ...row(REMOTE, "job", "ssh-arg", "WORDS", "add to ssh's options: --ssh-arg '-i key'", true),
    dashes: true,
  },
  row(
    REMOTE,
    "job",
    "remote-prefix",
    "COMMAND",
    "put in front of the agent on other hosts: 'apptainer exec image.sif'",
  ),
  row(
    REMOTE,
    "job",
    "iface",
    "NAME|CIDR",
    "the network to use: an interface, or addresses as in 10.1.0.0/16",
  ),
  row(REMOTE, "job", "connect-timeout", "SECONDS", "how long a host may take to answer (default 30)"),
  row(REMOTE, "job", "no-encrypt", "", "neither encrypt nor authenticate what ranks send each other"),
  row(
    ENVIRONMENT,
    "program",
    "x env",
    "V[=value]",
    "set V, or hand it on; 'FOO_*' hands on all that match",
    true,
  ),
  row(ENVIRONMENT, "job", "genv", "V value", "set V for every program", true),
  row(ENVIRONMENT, "job", "env-none", "", "hand on nothing but what -x and --genv name"),
  row(ENVIRONMENT, "job", "show-env", "", "print what ranks would find in their environment, and stop"),
  row(ENVIRONMENT, "program", "wdir wd chdir", "DIR", "working directory of the ranks"),
  row(
    STREAMS,
    "job",
    "stdin",
    "RANK|all|none",
    "who reads standard input (default 0); the others get end of file",
  ),
  row(STREAMS, "job", "tag-output l", "", "put [rank] in front of every line"),
  row(STREAMS, "job", "timestamp-output", "", "put the time in front of every line"),
  row(
    STREAMS,
    "job",
    "output-dir",
    "DIR[:nocopy]",
    "a file a rank and stream; nocopy: and nothing on the terminal",
  ),
  row(STREAMS, "job", "merge-stderr-to-stdout", "", "standard error of ranks goes to standard output"),
  row(
    LIFE,
    "job",
    "timeout",
    "SECONDS",
    "end the job after this long with 124, saying where every rank was (0: never)",
  ),
  row(
    LIFE,
    "job",
    "on-failure",
    "abort|continue",
    "when a rank fails: end the job (the default), or let the others go on",
  ),
  row(
    LIFE,
    "job",
    "deadlock",
    "abort|warn|off",
    "ranks that wait for each other for ever: end the job with 125, or say so",
  ),
  row(LIFE, "job", "check", "", "messages, requests and communicators left over at the end are an error (1)"),
  row(LIFE, "job", "check-races", "", "the same, and name receives from any source that messages race for"),
  row(LIFE, "job", "kill-grace", "SECONDS", "time between INT and TERM, TERM and KILL (default 2)"),
  row(
    LIFE,
    "job",
    "forward-signals",
    "NAME,…|none",
    "signals passed on to ranks (default USR1,USR2,TSTP,CONT,WINCH)",
  ),
  row(ABOUT, "job", "display", "WHAT,…", "show allocation, map, bindings or env at the start"),
  row(ABOUT, "job", "dry-run", "", "show what would be started, and stop"),
  row(ABOUT, "job", "json", "", "with --display or --dry-run: for machines"),
  row(ABOUT, "job", "verbose v", "", "say when what happens"),
  row(ABOUT, "job", "quiet q", "", "no notices"),
  row(ABOUT, "job", "version V", "", "print the version, and stop"),
  row(ABOUT, "job", "help h", "", "print this, and stop"),
] as const satisfies readonly OptionRow[];

/** `-n`, `--tag-output`: a name as it is typed. */
export function dashed(name: string): string {
  return (name.length === 1 ? "-" : "--") + name;
}
