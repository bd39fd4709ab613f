/** Jobs on this machine. Their processes are known by a variable that all of them inherit. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { spawnTsmpirun } from "../support/run.js";
import { namesBelow } from "../launcher/scratch.js";
import { shellCode, type Place } from "./observe.js";

/** In a barrier of four that one does not enter, everybody else is waited for. */
const RANKS = 4;

/** A place with a TMPDIR and a home of its own, removed after the test. They are in memory, for so ranks speak through it. */
export function thisMachine(t: Test): Place {
  const directory = mkdtempSync("/dev/shm/tsmpitest-");
  for (const name of ["tmp", "home"]) mkdirSync(join(directory, name));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const processes = () => processesOf(directory);
  return {
    ranks: RANKS,
    start(program) {
      const env = { ...process.env, TMPDIR: join(directory, "tmp"), HOME: join(directory, "home") };
      const child = spawnTsmpirun(["-n", String(RANKS), ...program], { env, cwd: join(directory, "home") });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
      child.stdin.end();
      const ended = once(child, "close").then(([code, signal]) => ({
        code: shellCode(code as number | null, signal as NodeJS.Signals | null),
        stderr,
      }));
      return { stdout: child.stdout, ended, kill: (signal) => void child.kill(signal) };
    },
    strike: ({ fault }, launcher) => launcher.kill(fault as NodeJS.Signals),
    processes: () =>
      Promise.resolve(
        processes()
          .sort((a, b) => a - b)
          .map((pid) => ({ pid, words: wordsOf(pid) })),
      ),
    kill(pid) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it has ended meanwhile
      }
      return Promise.resolve();
    },
    left: (jobId) => ({
      processes: processes().map((pid) => `${pid}: ${wordsOf(pid)}`),
      files: [
        ...namesBelow(directory).filter((path) => !/\/(tmp|home)$/.test(path)),
        ...(jobId === undefined ? [] : ["/tmp", "/dev/shm"].flatMap((base) => namesWith(base, jobId))),
      ],
    }),
    restore() {
      for (const pid of processes()) process.kill(pid, "SIGKILL");
    },
  };
}

/** Processes that mention the directory in their environment or their words, but for this one. */
function processesOf(directory: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => ["environ", "cmdline"].some((file) => read(`/proc/${pid}/${file}`).includes(directory)));
}

function wordsOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

function namesWith(base: string, word: string): string[] {
  return readdirSync(base)
    .filter((name) => name.includes(word))
    .map((name) => join(base, name));
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // it has ended meanwhile
  }
}
