// Where the time of starting and ending ranks goes: `node bench/phases.js [--n 96] [--rounds 5]`, on the Node that
// runs it. Launcher and ranks write marks into a file; a job without this script has none.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.js";
import { programPath } from "./paths.js";
import { median } from "./statistics.js";
import { markdown } from "./table.js";

const { values } = parseArgs({
  options: { n: { type: "string", default: "96" }, rounds: { type: "string", default: "5" } },
});
const ranks = Number(values.n);

/** One job: milliseconds since the command for each event, the CPU of the launcher, and that of ranks by phase. */
async function job() {
  const directory = mkdtempSync(join(tmpdir(), "tsmpi-bench-"));
  try {
    const file = join(directory, "marks");
    const began = Date.now();
    const told = await launch(file);
    const closed = Date.now();
    const lines = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { launcher } = lines.find((line) => "launcher" in line);
    const all = lines.filter((line) => "rank" in line);
    if (all.length !== ranks) throw new Error(`${all.length} of ${ranks} ranks have told when they did what`);
    const since = (times) => times.map((time) => time - began);
    const of = (name) => since(all.map(({ marks }) => marks.find((mark) => mark.name === name).at));
    const cpu = (name) => all.map(({ marks }) => marks.find((mark) => mark.name === name).cpu);
    return {
      events: {
        "launcher: Node has started": since([launcher.script]),
        "launcher: its code is loaded": since([launcher.loaded]),
        "launcher: parsed, placed, prepared": since([told.start]),
        "rank: process": since(all.map(({ origin }) => origin)),
        "rank: Node has started": of("script"),
        "rank: library loaded": of("library"),
        "rank: zeromq loaded": of("zeromq"),
        "rank: connected and reduced": of("reduced"),
        "rank: ends": of("exit"),
        "launcher: no rank is left": since([told.empty]),
        "launcher: cleaned up": since([launcher.ended]),
        "the command has ended": since([closed]),
      },
      cpu: {
        "Node's start": cpu("script"),
        "loading the library": less(cpu("library"), cpu("script")),
        "loading zeromq": less(cpu("zeromq"), cpu("library")),
        "connecting, the reduce": less(cpu("reduced"), cpu("zeromq")),
        "waiting for the others' end": less(cpu("exit"), cpu("reduced")),
      },
      launcher: launcher.cpu,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function less(after, before) {
  return after.map((time, rank) => time - before[rank]);
}

/** Runs the job; when its launcher had everything ready, and when no rank was left, by what -v tells. */
function launch(file) {
  const words = [programPath("phases-launcher.js"), "-v", "--oversubscribe", "-n", String(ranks)];
  const child = spawn(process.execPath, [...words, process.execPath, programPath("phases.js")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TSMPI_BENCH_MARKS: file },
  });
  let start = Infinity;
  let empty = NaN;
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    // A line says how long ago its clock was started; it may be read late, never early.
    for (const [, seconds, what] of chunk.matchAll(/([\d.]+) s: (.*)/g)) {
      start = Math.min(start, Date.now() - seconds * 1e3);
      if (what === "no rank is left") empty = seconds * 1e3;
    }
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve({ start, empty: start + empty }) : reject(new Error(`exit code ${code}\n${text}`)),
    );
  });
}

const jobs = [];
for (let round = 0; round <= Number(values.rounds); round++) {
  const result = await job();
  if (round > 0) jobs.push(result); // the first one fills the caches of files
}
const { cpu, cores, system, node, loadBefore } = describeMachine();
console.log(
  `${ranks} ranks, ${cpu}, ${cores} cores, ${system}, Node ${node}, medians of ${jobs.length} rounds, load ${loadBefore.toFixed(1)}\n`,
);
const over = (part, name, pick) => median(jobs.map((result) => pick(result[part][name])));
const first = (times) => Math.min(...times);
const last = (times) => Math.max(...times);
console.log(
  markdown([
    ["ms since the command", "first", "median", "last"],
    ...Object.entries(jobs[0].events).map(([name, { length }]) =>
      length === 1
        ? [name, over("events", name, first).toFixed(0), "", ""]
        : [name, ...[first, median, last].map((pick) => over("events", name, pick).toFixed(0))],
    ),
  ]),
);
const launcher = median(jobs.map((result) => result.launcher));
const sum = (times) => times.reduce((a, b) => a + b, 0);
console.log(
  `\n${markdown([
    ["CPU", "ms of a rank", "s of all"],
    ...Object.keys(jobs[0].cpu).map((name) => [
      name,
      over("cpu", name, median).toFixed(1),
      (over("cpu", name, sum) / 1e3).toFixed(2),
    ]),
    ["launcher", "", (launcher / 1e3).toFixed(2)],
  ])}`,
);
