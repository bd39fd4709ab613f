/** One cell of the matrix of faults: what is struck how, in which state, and what has to come of it. */

/** What a job is doing when it is struck. */
export type State = "start" | "idle" | "barrier" | "transfer" | "compute";

export const STATES: readonly State[] = ["start", "idle", "barrier", "transfer", "compute"];

export interface Cell {
  /** Where the job runs: "here", or a farm's starter. */
  readonly place: string;
  /** Who is struck, for people: "rank", "agent", "ssh". */
  readonly victim: string;
  readonly fault: string;
  readonly state: State;
  /** The fault that rank 1 does to itself; none: `Place.strike` does it. */
  readonly byRank?: string;
  /** Milliseconds after the start; undefined: as soon as all ranks are in their state. */
  readonly after?: number;
  /** The launcher's exit code, as a shell shows it. */
  readonly code: number;
  /** What the launcher's last words have to say: who, where, why. */
  readonly names: RegExp;
  /** Belongs to the part of the matrix that runs in every `npm test`. */
  readonly quick?: boolean;
}

/** What came of it. */
export interface Verdict {
  /** From the fault to the launcher's end. */
  readonly seconds: number;
  /** As a shell shows it; undefined: it had not ended after a time beyond all patience. */
  readonly code: number | undefined;
  readonly stderr: string;
  /** Seconds from the launcher's end until nothing was left. */
  readonly cleanAfter: number;
  /** What is still there ten seconds after the launcher's end. */
  readonly processes: readonly string[];
  readonly files: readonly string[];
}

/** `rank 1` with `host` and cause, as the launcher names the first one to fail. */
const rankLine = (host: string, how: string) =>
  new RegExp(
    `^tsmpirun: rank 1 on ${host} \\(pid \\d+\\) ${how}.* after [\\d.]+ s; stopping \\d+ others?$`,
    "m",
  );

/** All that a rank can do to itself, in all states. `host` is where rank 1 runs. */
export function rankCells(place: string, host: string): Cell[] {
  const exits = (code: number) => ({ code, names: rankLine(host, `exited with code ${code}`) });
  const killed = (signal: string, code: number) => ({
    code,
    names: rankLine(host, `was killed by ${signal}`),
  });
  const cell = (fault: string, byRank: string, outcome: Pick<Cell, "code" | "names">, states = STATES) =>
    states.map((state): Cell => ({ place, victim: "rank", fault, state, byRank, ...outcome }));
  return [
    ...cell("SIGKILL", "SIGKILL", killed("SIGKILL", 137)),
    ...cell("SIGTERM", "SIGTERM", killed("SIGTERM", 143)),
    // A rank that leaves with 0 does harm only where somebody waits for it.
    ...cell("exit(0)", "exit0", { code: 1, names: /rank 1 .*(left|finished|ended|finalized)/i }, [
      "start",
      "barrier",
      "transfer",
    ]),
    ...cell("exit(7)", "exit7", exits(7)),
    ...cell("throw", "throw", exits(1)),
    ...cell("unhandled rejection", "rejection", exits(1)),
    ...cell("process.abort()", "abort", killed("SIGABRT", 134)),
    ...cell("heap exhausted", "memory", killed("SIGABRT", 134)),
  ];
}
