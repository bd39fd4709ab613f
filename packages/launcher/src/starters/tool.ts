/** A process of a tool that starts agents. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "../agent/processes.js";
import type { Guard } from "./guard.js";

/**
 * A background process that the tool leaves behind (ssh's ControlPersist) holds its streams open
 * long after its own end. What it has said itself arrives at once.
 */
const LAST_LINES_MILLISECONDS = 100;

/** How it ended; `error`: it could not be started. */
export interface ToolExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: NodeJS.ErrnoException | undefined;
}

/** A running tool. */
export interface ToolProcess {
  /** Resolves after its last line. Never rejects. */
  readonly ended: Promise<ToolExit>;
  /** To it and what it has started itself (ssh's ProxyCommand). */
  signal(signal: NodeJS.Signals): void;
}

/** What a tool is started with. */
export interface ToolOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** For its standard input, which ends after it. */
  readonly input: string | undefined;
  /** Ends it if the launcher dies; undefined: it must not be killed. */
  readonly guard: Guard | undefined;
  onLine(stream: "stdout" | "stderr", line: string): void;
}

/**
 * Starts a tool in a session of its own: Ctrl-C at the terminal is the launcher's to handle, and
 * nothing may ask for a password there.
 */
export function startTool(words: readonly string[], options: ToolOptions): ToolProcess {
  const { environment, input, guard, onLine } = options;
  const child = spawn(words[0]!, words.slice(1), {
    env: environment,
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const unwatch = child.pid === undefined ? undefined : guard?.watch(child.pid);
  child.stdin?.on("error", () => {}); // it may end without reading
  child.stdin?.end(input);
  const closed = Promise.all([
    readLines(child.stdout!, (line) => onLine("stdout", line)),
    readLines(child.stderr!, (line) => onLine("stderr", line)),
  ]);
  const exit = new Promise<ToolExit>((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
    child.once("exit", (code, signal) => resolve({ code, signal, error: undefined }));
  });
  const ended = exit.then(async (how) => {
    unwatch?.();
    const late = new AbortController();
    // One that was killed has no last words, and what it held dies with it: its end is to be known first.
    const patience = how.signal === null ? LAST_LINES_MILLISECONDS : 0;
    await Promise.race([closed, delay(patience, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    child.stdout!.destroy();
    child.stderr!.destroy();
    return how;
  });
  return {
    ended,
    signal(signal) {
      const { pid, exitCode, signalCode } = child;
      if (pid !== undefined && exitCode === null && signalCode === null) sendSignal(-pid, signal);
    },
  };
}

/**
 * Lets processes end by themselves for a while, then ends them. `ended`: none of them is left.
 *
 * @param patience seconds before TERM
 * @param grace seconds from TERM to KILL
 */
export async function endPatiently(
  processes: Iterable<ToolProcess>,
  patience: number,
  ended: Promise<void>,
  grace = 2,
): Promise<void> {
  for (const [seconds, signal] of [
    [patience, "SIGTERM"],
    [grace, "SIGKILL"],
  ] as const) {
    if (await settlesWithin(ended, seconds)) return;
    for (const process of processes) process.signal(signal);
  }
}

async function settlesWithin(promise: Promise<void>, seconds: number): Promise<boolean> {
  const late = new AbortController();
  const inTime = await Promise.race([
    promise.then(() => true),
    delay(seconds * 1e3, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  return inTime;
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  stream.on("error", () => {});
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on("line", onLine);
  await new Promise<void>((resolve) => lines.once("close", resolve));
}
