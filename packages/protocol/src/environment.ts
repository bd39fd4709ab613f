/**
 * The environment variables a launcher gives to a rank. No other file knows their names.
 * None of them is a secret: `environ` is readable by everything that runs as the same user.
 */

/** What a rank learns from its environment before it has spoken to anybody. */
export interface RankEnvironment {
  /** Position in the world, 0 … size - 1. */
  readonly rank: number;
  /** Number of ranks in the world. */
  readonly size: number;
  /** Position among the ranks of this host. */
  readonly localRank: number;
  /** Number of ranks on this host. */
  readonly localSize: number;
  /** Unique name of the job; the same on every rank. */
  readonly jobId: string;
  /** The job's private directory (0700) on this host: sockets live here. */
  readonly jobDirectory: string;
  /** Host of each rank of the world, as an index; undefined when all are on one host. */
  readonly hosts?: readonly number[] | undefined;
  /** Set when the job goes on without ranks that fail. */
  readonly onFailure?: "continue" | undefined;
  /** Descriptor of the listening TCP socket that this rank has inherited; undefined when it has none. */
  readonly listenFd?: number | undefined;
}

const NAMES = {
  rank: "TSMPI_RANK",
  size: "TSMPI_SIZE",
  localRank: "TSMPI_LOCAL_RANK",
  localSize: "TSMPI_LOCAL_SIZE",
  jobId: "TSMPI_JOB_ID",
  jobDirectory: "TSMPI_JOB_DIR",
  onFailure: "TSMPI_ON_FAILURE",
  hosts: "TSMPI_HOSTS",
  listenFd: "TSMPI_LISTEN_FD",
} as const;

/** Name of the variable that is 1 when ranks are to account for all that they leave undone. */
export const CHECK_VARIABLE = "TSMPI_CHECK";
/** Its value when they are to account for messages that race, too. */
export const CHECK_RACES = "races";

/** Name of the variable that is 1 when ranks are to say what they do without. */
export const VERBOSE_VARIABLE = "TSMPI_VERBOSE";

/**
 * Name of the variable that says on which lanes ranks speak. The user's, and handed on like any other:
 * one of `LANES`.
 */
export const LANES_VARIABLE = "TSMPI_LANES";
/**
 * ZeroMQ alone; memory for pairs of a host with enough traffic besides, the default; memory for them
 * from their first message on, for tests.
 */
export const LANES = ["zeromq", "shm,zeromq", "shm"] as const;

/** What holds where the variable is not set. */
export const DEFAULT_LANES = "shm,zeromq";

/** Name of the variable that marks every process of a job, for sweeping what a job left behind. */
export const JOB_ID_VARIABLE = NAMES.jobId;

/** Name of the variable that a rank sets for its child processes: the number of its own process. */
export const PROCESS_VARIABLE = "TSMPI_RANK_PID";

/** All variable names of ours: a launcher started inside a job must not hand them on. */
export const RANK_VARIABLES: readonly string[] = [...Object.values(NAMES), PROCESS_VARIABLE];

/** The variables to set for one rank. */
export function rankVariables(rank: RankEnvironment): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [field, name] of Object.entries(NAMES)) {
    const value = rank[field as keyof RankEnvironment];
    if (value === undefined) continue;
    variables[name] = typeof value === "object" ? encodeHosts(value) : String(value);
  }
  return variables;
}

/**
 * Reads what `rankVariables` wrote. Returns undefined outside a launcher (a world of one);
 * a half-set or malformed environment counts as outside, because it can only be a leftover.
 */
export function readRankEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): RankEnvironment | undefined {
  const jobId = variables[NAMES.jobId];
  const jobDirectory = variables[NAMES.jobDirectory];
  const rank = wholeNumber(variables[NAMES.rank]);
  const size = wholeNumber(variables[NAMES.size]);
  const localRank = wholeNumber(variables[NAMES.localRank]);
  const localSize = wholeNumber(variables[NAMES.localSize]);
  if (!jobId || !jobDirectory) return undefined;
  if (rank === undefined || size === undefined || rank >= size) return undefined;
  if (localRank === undefined || localSize === undefined) return undefined;
  const identity = { rank, size, localRank, localSize, jobId, jobDirectory };
  const onFailure = variables[NAMES.onFailure] === "continue" ? ("continue" as const) : undefined;
  const alone = onFailure === undefined ? identity : { ...identity, onFailure };
  const placement = variables[NAMES.hosts];
  if (placement === undefined) return alone;
  const hosts = decodeHosts(placement, size);
  const listenFd = wholeNumber(variables[NAMES.listenFd]);
  return hosts === undefined ? undefined : { ...alone, hosts, listenFd };
}

/** Runs of equal numbers, each `host` or `host*ranks`: `0*24,1*24`, or `0,1,0,1` when interleaved. */
function encodeHosts(hosts: readonly number[]): string {
  const runs: string[] = [];
  for (let start = 0, end = 0; start < hosts.length; start = end) {
    const host = hosts[start]!;
    while (hosts[end] === host) end++;
    runs.push(end - start === 1 ? String(host) : `${host}*${end - start}`);
  }
  return runs.join(",");
}

/** Undefined unless there is a host for each of `size` ranks. */
function decodeHosts(text: string, size: number): number[] | undefined {
  const hosts: number[] = [];
  for (const run of text.split(",")) {
    const [host, ranks = 1, ...more] = run.split("*").map(wholeNumber);
    if (host === undefined || more.length > 0 || hosts.length + ranks > size) return undefined;
    for (let i = 0; i < ranks; i++) hosts.push(host);
  }
  return hosts.length === size ? hosts : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
