/** Runs the real launcher and tells how it ended. */
import {
  spawn,
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  type SpawnOptions,
} from "node:child_process";
import { NODE, TSMPIRUN } from "./paths.js";

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Seconds. What ends later has waited for something: however slow the machine, nothing else takes so long. */
export const AT_ONCE = 20;

export interface RunOptions {
  /** Text for the launcher's standard input; none: end of file at once. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** Called with the running launcher, for tests that send it signals. */
  readonly onStart?: (launcher: ChildProcess) => void;
}

/**
 * Starts `tsmpirun …args` as a user does. tap patches spawn to give every node process below a
 * test loaders of its own, by NODE_OPTIONS; `env` takes that away again, and becomes the launcher.
 * With other `stdio` than the default some of the streams are null all the same.
 */
export function spawnTsmpirun(
  args: readonly string[],
  options: SpawnOptions = {},
  nodeOptions: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  return spawn(
    "/usr/bin/env",
    ["-u", "NODE_OPTIONS", NODE, ...nodeOptions, TSMPIRUN, ...args],
    options,
  ) as ChildProcessWithoutNullStreams;
}

/** `tsmpirun …args`; resolves when it has ended and its output is complete. */
export function tsmpirun(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input = "", environment = {}, directory = process.cwd(), onStart } = options;
  const started = performance.now();
  const child = spawnTsmpirun(args, {
    cwd: directory,
    env: { ...process.env, ...environment },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  child.stdin.on("error", () => {}); // a program may end without reading its input
  child.stdin.end(input);
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ code, signal, ...text, seconds: (performance.now() - started) / 1e3 }),
    );
  });
}
