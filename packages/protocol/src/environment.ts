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
}

const NAMES = {
  rank: "TSMPI_RANK",
  size: "TSMPI_SIZE",
  localRank: "TSMPI_LOCAL_RANK",
  localSize: "TSMPI_LOCAL_SIZE",
  jobId: "TSMPI_JOB_ID",
  jobDirectory: "TSMPI_JOB_DIR",
} as const;

/** Name of the variable that marks every process of a job, for sweeping what a job left behind. */
export const JOB_ID_VARIABLE = NAMES.jobId;

/** All variable names of ours: a launcher started inside a job must not hand them on. */
export const RANK_VARIABLES: readonly string[] = Object.values(NAMES);

/** The variables to set for one rank. */
export function rankVariables(rank: RankEnvironment): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [field, name] of Object.entries(NAMES)) {
    variables[name] = String(rank[field as keyof RankEnvironment]);
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
  return { rank, size, localRank, localSize, jobId, jobDirectory };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
