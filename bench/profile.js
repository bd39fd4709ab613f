// Where the time of a collective goes once it is warm: `node bench/profile.js osu_barrier:2 osu_barrier:8 osu_bcast:2:array:1048576 …`
// (row, ranks, kind of data, bytes). Needs root and perf (`apt-get install linux-perf`). Prints a table of CPU by what
// it was spent on, in µs of a rank for each call; docs/design/limits.md explains it.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.js";
import { programPath, TSMPIRUN } from "./paths.js";
import { OTHER, record, sharesOf } from "./samples.js";
import { median } from "./statistics.js";
import { figure, markdown } from "./table.js";

const WARM_UP_MS = 6000;
const MEASURED_MS = 10_000;
const RECORDED_S = 3;

const KINDS = [
  ["nothing to do", (stack) => /do_idle|safe_halt/.test(stack)],
  [
    "V8 compiles",
    (stack) => /OptimizingCompileDispatcher|internal::Compiler::|[Bb]aseline\w*Compil/.test(stack),
  ],
  ["collecting garbage", (stack) => /internal::Heap::|Scaveng|MarkCompact|ConcurrentMark|Sweep/.test(stack)],
  ["recording where a call was made", (stack) => /CaptureS(imple|tack)/.test(stack)],
  ["giving the core away (sched_yield)", (stack) => /sched_yield/.test(stack)],
  ["sleeping and being woken (futex)", (stack) => /futex/.test(stack)],
  ["page faults", (stack) => /exc_page_fault|handle_mm_fault/.test(stack)],
  [
    "copying",
    (stack, leaf) => /memmove|memcpy|process_vm|copy_page|copy_user/.test(leaf + stack.slice(0, 300)),
  ],
  ["other system calls", (stack) => /do_syscall/.test(stack)],
  [
    "looking for the others",
    (stack) => /^(?:[^\n]*\n){0,3}[^\n]*JS:\*(?:looks|#spin|#offer|#until|isOver)\b/.test(stack),
  ],
  ["combining elements", (stack, leaf) => /JS:.(combineTyped|\w*Kernel)\b/.test(leaf)],
  ["JavaScript, optimised", (stack) => firstTier(stack) === "*"],
  ["JavaScript, not yet optimised", (stack) => /[~^]/.test(firstTier(stack))],
];
/** How the innermost JavaScript function was compiled. */
function firstTier(stack) {
  return /JS:([*~^])/.exec(stack)?.[1] ?? "";
}

/** Shares by kind, and the microseconds of a call, of one cell. */
async function profile(cell) {
  const [row, n, kind = "object", bytes = kind === "object" ? "0" : "8"] = cell.split(":");
  const directory = mkdtempSync(join(tmpdir(), "tsmpi-bench-"));
  try {
    const data = join(directory, "data");
    const sizes = { [kind]: [Number(bytes)] };
    const plan = {
      rows: [{ row, sizes }],
      warmUp: WARM_UP_MS / 3,
      sizeWarmUp: MEASURED_MS / 2,
      milliseconds: MEASURED_MS,
      mostCalls: 10 ** 9,
    };
    const node = [process.execPath, "--perf-basic-prof", programPath("osu.js"), JSON.stringify(plan)];
    const job = command(process.execPath, [TSMPIRUN, "--oversubscribe", "-n", n, ...node]);
    const since = (WARM_UP_MS + MEASURED_MS / 2) / 1e3 + 1;
    const [{ stdout }] = await Promise.all([job, record(data, since, RECORDED_S)]);
    const [time] = JSON.parse(stdout)[row][kind];
    return { cell, ranks: Number(n), time: median(time), shares: sharesOf(data, KINDS) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const cells = process.argv.slice(2);
if (cells.length === 0) {
  console.error("usage: node bench/profile.js ROW:RANKS[:object|array[:BYTES]] …");
  process.exit(2);
}
const profiles = [];
for (const cell of cells) {
  process.stderr.write(`${cell}\n`);
  profiles.push(await profile(cell));
}
const kinds = [...KINDS.map(([kind]) => kind), OTHER];
const of = ({ time, ranks, shares }, kind) =>
  figure(((shares.get(kind) ?? 0) * time * Math.min(ranks, availableParallelism())) / ranks);
console.log(
  markdown([
    ["µs of CPU, a rank and call", ...cells],
    ["the call takes", ...profiles.map(({ time }) => figure(time))],
    ...kinds
      .filter((kind) => profiles.some(({ shares }) => (shares.get(kind) ?? 0) >= 0.005))
      .map((kind) => [kind, ...profiles.map((found) => of(found, kind))]),
  ]),
);
