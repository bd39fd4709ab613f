/** Runs a job, strikes it, and looks at what is left. */
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { FIXTURES, NODE } from "../support/paths.js";
import type { Random } from "../support/random.js";
import type { Cell, State, Verdict } from "./cell.js";

/** A job that has not ended so long after it was struck hangs. */
const PATIENCE = 45;
/** Nothing may be left so long after the launcher's end. */
const CLEAN = 10;
/** All ranks are in their state, and a little further. */
const SETTLED_MILLISECONDS = 100;
/** By then a job runs. */
const LATEST_MILLISECONDS = 2500;
/** A heap that is soon full. */
const HEAP = "--max-old-space-size=48";

/** A started launcher. */
export interface Launcher {
  readonly stdout: Readable;
  /** Resolves when it has ended and its output is complete; `code` as a shell shows it. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  kill(signal: NodeJS.Signals): void;
}

/** A process of a job. */
export interface Victim {
  readonly pid: number;
  /** Its command line. */
  readonly words: string;
}

/** Where jobs run. */
export interface Place {
  readonly ranks: number;
  /** Starts `tsmpirun` with enough options in front of the program. */
  start(program: readonly string[]): Launcher;
  /** Does to it what the cell says. */
  strike(cell: Cell, launcher: Launcher): void | Promise<void>;
  /** Every process of the job at this moment, in an order that is the same for the same processes. */
  processes(): Promise<readonly Victim[]>;
  /** Kills one of them, if it still runs. */
  kill(pid: number): Promise<void>;
  /** What there is now of this and all former jobs. */
  left(jobId: string | undefined): {
    readonly processes: readonly string[];
    readonly files: readonly string[];
  };
  /** Ends whatever is left by force, and repairs what was struck. */
  restore(): void | Promise<void>;
}

export async function observe(place: Place, cell: Cell): Promise<Verdict> {
  const program = [NODE, HEAP, join(FIXTURES, "faults/work.js"), cell.state, cell.byRank ?? "none", "1"];
  const launcher = place.start(program);
  let struck: number | undefined;
  let jobId: string | undefined;
  const ready = new Promise<void>((resolve) => {
    let count = 0;
    createInterface({ input: launcher.stdout }).on("line", (line) => {
      if (line === "fault") struck = performance.now();
      if (!line.startsWith("ready ")) return;
      jobId = line.split(" ")[3];
      if (++count === place.ranks) resolve();
    });
  });
  const ended = launcher.ended.then((outcome) => ({ ...outcome, at: performance.now() }));
  if (cell.byRank === undefined) {
    const moment =
      cell.after === undefined ? ready.then(() => delay(SETTLED_MILLISECONDS)) : delay(cell.after);
    await Promise.race([moment, ended]);
    struck = performance.now();
    await place.strike(cell, launcher);
  }
  const outcome = await Promise.race([ended, delay(PATIENCE * 1e3, undefined, { ref: false })]);
  const end = outcome?.at ?? performance.now();
  if (outcome === undefined) launcher.kill("SIGKILL");
  const { processes, files } = await whatIsLeft(place, jobId, end);
  const cleanAfter = (performance.now() - end) / 1e3;
  await ended; // when a hanging one has been killed
  await place.restore();
  const { stderr, code } = { stderr: "", code: undefined, ...outcome };
  return { seconds: (end - (struck ?? end)) / 1e3, code, stderr, cleanAfter, processes, files };
}

/** What is still there some time after the launcher's end, at the time `end`. */
async function whatIsLeft(place: Place, jobId: string | undefined, end: number) {
  let left = place.left(jobId);
  while (left.processes.length + left.files.length > 0 && performance.now() - end < CLEAN * 1e3) {
    await delay(50);
    left = place.left(jobId);
  }
  return left;
}

/**
 * Kills a random process of a job at a random moment; if the job survives that (a watchdog is not
 * missed), ends it in order. Returns what was wrong: nothing, as a rule.
 */
export async function killSomething(place: Place, state: State, random: Random): Promise<string[]> {
  const launcher = place.start([NODE, join(FIXTURES, "faults/work.js"), state, "none", "1"]);
  launcher.stdout.resume();
  const ended = launcher.ended.then((outcome) => ({ ...outcome, at: performance.now() }));
  await Promise.race([ended, delay(random.fraction() * LATEST_MILLISECONDS)]);
  const processes = await place.processes();
  const victim = processes.length === 0 ? undefined : random.pick(processes);
  if (victim !== undefined) await place.kill(victim.pid);
  if ((await Promise.race([ended, delay(SETTLED_MILLISECONDS)])) === undefined) launcher.kill("SIGTERM");
  const outcome = await Promise.race([ended, delay(PATIENCE * 1e3, undefined, { ref: false })]);
  if (outcome === undefined) launcher.kill("SIGKILL");
  const left = await whatIsLeft(place, undefined, outcome?.at ?? performance.now());
  await ended;
  await place.restore();
  const wrong = [...(outcome === undefined ? ["it hangs"] : []), ...left.processes, ...left.files];
  const words = victim?.words ?? "nothing";
  return wrong.map((what) => `after the kill of "${words.slice(0, 80)}": ${what}`);
}

/** What a shell calls the exit code of a process. */
export function shellCode(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
}
