/** From what a tool said to what went wrong, and what to do about it. Pure. */
import { constants } from "node:os";
import type { StartFailure, StartFailureCause } from "./starter.js";

/** How a tool ended that should have started an agent. */
export interface ToolFailure {
  /** As people call it: "ssh", "srun", "pbs_tmrsh", "kubectl". */
  readonly tool: string;
  /** undefined: a tool for all hosts, which names none. */
  readonly host: string | undefined;
  readonly port?: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started; `path` is how it was called. */
  readonly error:
    | { readonly code?: string | undefined; readonly path?: string | undefined; readonly message: string }
    | undefined;
  /** The last lines it printed, the host's included. */
  readonly lines: readonly string[];
  /** What it was to run there. */
  readonly command: readonly string[];
}

interface Row {
  readonly cause: StartFailureCause;
  readonly pattern: RegExp;
  /** What is the matter, and what to do. */
  readonly says: (failure: ToolFailure) => string;
}

const node = ({ command }: ToolFailure) => command.find((word) => word.startsWith("/")) ?? command[0]!;
const script = ({ command }: ToolFailure) => command.find((word) => /\.[cm]?js$/.test(word)) ?? command[1]!;
const by = ({ port }: ToolFailure) => (port === undefined ? "" : ` at port ${port}`);
const login = ({ host }: ToolFailure) => `\`ssh ${host ?? "HOST"}\``;

/** The first row that fits counts: what the host's shell says of the program comes before what looks like it. */
const ROWS: readonly Row[] = [
  {
    cause: "tsmpi not found",
    pattern: /Cannot find (module|package)|ERR_MODULE_NOT_FOUND/,
    says: (f) =>
      `there is no tsmpi at ${script(f)}; install it on a file system that all hosts share, or in the same place on each`,
  },
  {
    cause: "node not found",
    pattern:
      /: (command )?not found|Unknown command|execve\(\): .*(No such file|Permission denied)|(: |exec).*\/.*: (No such file or directory|Permission denied|[Cc]annot execute|Command not found)|^\/.*: Command not found|: cannot execute|Exec format error|executable file not found/,
    says: (f) =>
      `${node(f)} cannot be run there; put the same node in the same place on every host, or start tsmpirun with one that all hosts have`,
  },
  {
    cause: "unresolved",
    pattern:
      /Could not resolve hostname|Name or service not known|Temporary failure in name resolution|nodename nor servname|Unknown host|No address associated|can't resolve|[Ii]nvalid node name|unknown host/,
    says: () => "its name does not resolve; check its spelling, or give an address",
  },
  {
    cause: "host key",
    pattern: /Host key verification failed|HOST IDENTIFICATION HAS CHANGED|host key is known for/,
    says: (f) =>
      `its host key is unknown or has changed; log in once by ${login(f)} and check the key, or have ~/.ssh/known_hosts put right`,
  },
  {
    cause: "permission denied",
    pattern:
      /Permission denied \(|Permission denied, please|Too many authentication failures|Access denied|account is currently not available|not permitted|Authentication failed/i,
    says: (f) =>
      `it does not let you in without a password; make ${login(f)} work without one (ssh-keygen, ssh-copy-id), or load your key (ssh-add)`,
  },
  {
    cause: "timed out",
    pattern:
      /timed out|Timeout|No route to host|Network is unreachable|Host is down|Communication connection failure|Unable to contact|Zero Bytes were transmitted/i,
    says: () => "it does not answer; is it up, and is there a way to it from here?",
  },
  {
    cause: "refused",
    pattern: /Connection refused/,
    says: (f) => `it refuses connections${by(f)}; does sshd run there, and at this port?`,
  },
  {
    cause: "refused",
    pattern:
      /Connection reset|Connection closed|kex_exchange_identification|ssh_exchange_identification|Broken pipe/,
    says: () =>
      "it closes connections at once; sshd's MaxStartups may be too low, or a firewall or hosts.deny in the way",
  },
  {
    cause: "starter",
    pattern:
      /Requested node configuration is not available|Only allocated|Requested nodes are busy|step creation/,
    says: () =>
      "Slurm makes no job step there; are the hosts in this allocation (`squeue`), and is none of them down (`sinfo`)?",
  },
  {
    cause: "starter",
    pattern:
      /Invalid job id|Job credential expired|has expired|already completed|Unable to confirm allocation/,
    says: () => "the allocation has ended; ask for a new one",
  },
  {
    cause: "starter",
    pattern: /SyntaxError|bad option|Unsupported engine/,
    says: (f) => `${node(f)} there is too old; tsmpi needs Node 20.19 or later on every host`,
  },
];

/** ssh's own failure; any other code is that of the command on the host. */
const SSH_FAILED = 255;
const KEPT_LINES = 6;

/** Says why no agent came up, or that the tool was killed. */
export function classify(failure: ToolFailure): StartFailure {
  const { tool, host, lines } = failure;
  const signal = failure.signal ?? toldSignal(lines);
  if (signal === undefined) return explain(failure);
  const holds = host === undefined ? "holds the agents on all hosts" : `holds the agent on ${host}`;
  return { ...explain(failure), killed: `${tool}, which ${holds}, was killed by ${signal}` };
}

/** ssh catches the signals that end it, and says so. */
function toldSignal(lines: readonly string[]): NodeJS.Signals | undefined {
  const number = lines.flatMap((line) => /^Killed by signal (\d+)/.exec(line)?.[1] ?? []).map(Number)[0];
  const name = Object.entries(constants.signals).find(([, value]) => value === number);
  return name?.[0] as NodeJS.Signals | undefined;
}

function explain(failure: ToolFailure): StartFailure {
  const { tool, host, error, lines } = failure;
  const subject = host === undefined ? `${tool}: ` : `cannot start on ${host}: ${tool}: `;
  const words = lines.filter(isTelling).slice(-KEPT_LINES).join("\n");
  if (error !== undefined) {
    const missing = error.code === "ENOENT" || error.code === "EACCES";
    const { path = tool } = error;
    const why = error.code === "ENOENT" ? "does not exist" : "may not be executed";
    const text = missing
      ? `${path.includes("/") ? `${path} ${why}` : `${tool} was not found in PATH`}; install it, or choose another way by --launcher or --rsh-agent`
      : `cannot start ${tool}: ${error.message}`;
    return { host: undefined, cause: "starter", message: text, words };
  }
  const row = ROWS.find((candidate) => lines.some((line) => fits(candidate, line, failure)));
  if (row !== undefined) return { host, cause: row.cause, message: subject + row.says(failure), words };
  if (failure.code === 127 || failure.code === 126) {
    const { cause, says } = ROWS.find(({ cause }) => cause === "node not found")!;
    return { host, cause, message: subject + says(failure), words };
  }
  const [shortest] = lines.filter(isTelling).slice(-1);
  const said = shortest === undefined ? "" : ` (${shortest.trim()})`;
  return { host, cause: "starter", message: `${subject}${describeEnd(failure)}${said}`, words };
}

/** A host's banner may say anything: what ssh itself says counts only when ssh itself has failed. */
function fits({ cause, pattern }: Row, line: string, { tool, code }: ToolFailure): boolean {
  const ofProgram = cause === "tsmpi not found" || cause === "node not found";
  if (tool === "ssh" && cause !== "starter" && (code === SSH_FAILED) === ofProgram) return false;
  return pattern.test(line);
}

function describeEnd({ code, signal }: ToolFailure): string {
  if (signal !== null) return `was ended by ${signal} before its agent had called back`;
  return `ended with code ${code} before its agent had called back; -v shows what it said`;
}

/** Frames of a stack and braces tell a user nothing. */
function isTelling(line: string): boolean {
  return !/^\s*(at .*|[{}^].*|throw err;|node:internal.*|code: .*|requireStack: .*|Node\.js v.*|Warning: Permanently added.*)?$/.test(
    line,
  );
}
