/** Jobs whose ranks wait for each other for ever, or only seem to. */
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome, type RunOptions } from "../support/run.js";

const job = (
  size: number,
  program: string,
  words: readonly string[] = ["--timeout", "60"],
  options: RunOptions = {},
  parameters: readonly string[] = [],
) => tsmpirun(["-n", String(size), ...words, NODE, join(FIXTURES, program), ...parameters], options);
const row = (rank: number, peer: number) =>
  new RegExp(`^  ${rank} +recv +${peer} +7 +world +\\d\\.\\d s +\\S*ring\\.js:5:13$`, "m");

// Almost all of what these jobs do is waiting: they wait side by side.
const SIZES = [2, 3, 5];
const rings = SIZES.map((size) => job(size, "bugs/ring.js"));
const MODES = ["recv", "probe", "ssend", "part", "others finish", "no word before"];
const loners = MODES.map((mode) => job(3, "bugs/alone.js", undefined, {}, [mode]));
const warnings = ["warn", "off"].map((what) =>
  job(2, "bugs/ring.js", ["--deadlock", what, "--timeout", "9"]),
);

t.test("ranks that wait for each other in a ring are told and ended with 125", async (t) => {
  for (const [index, { code, stderr }] of (await Promise.all(rings)).entries()) {
    const size = SIZES[index]!;
    t.equal(code, 125, stderr);
    const ring = Array.from({ length: size }, (_, rank) => `waits for rank ${(rank + 1) % size}`);
    t.match(stderr, `tsmpirun: deadlock: rank 0 ${ring.join(", which ")}; stopping ${size} ranks:`);
    for (let rank = 0; rank < size; rank++) t.match(stderr, row(rank, (rank + 1) % size));
  }
});

t.test("a rank that waits for itself on a communicator of its own is told as well", async (t) => {
  for (const [index, { code, stderr }] of (await Promise.all(loners)).entries()) {
    t.equal(code, 125, `${MODES[index]}: ${stderr}`);
    t.match(stderr, "tsmpirun: deadlock: rank 0 waits for itself; stopping", MODES[index]!);
    t.match(stderr, /^ {2}0 +(recv|probe|ssend) .* \S*alone\.js:\d+:\d+$/m, MODES[index]!);
  }
});

t.test("--deadlock warn says it once and lets the job go on, --deadlock off says nothing", async (t) => {
  const [warned, ignored] = await Promise.all(warnings);
  t.equal(warned!.code, 124);
  t.equal(warned!.stderr.split("deadlock:").length, 2, warned!.stderr);
  t.match(warned!.stderr, row(0, 1));
  t.equal(ignored!.code, 124);
  t.notMatch(ignored!.stderr, "deadlock");
});

t.test("nobody is called stuck who is not", async (t) => {
  const late = {
    onStart: (launcher: { kill(signal: "SIGUSR2"): boolean }) =>
      void setTimeout(() => launcher.kill("SIGUSR2"), 8000),
  };
  const runs: Record<string, Promise<Outcome>> = {
    computing: job(2, "correct/compute.js"),
    "a timer": job(3, "correct/timer.js"),
    "an interval": job(3, "correct/interval.js"),
    "a child process": job(2, "correct/child.js"),
    "Node's thread pool": job(2, "correct/thread-pool.js"),
    "a worker thread": job(2, "correct/worker.js"),
    "a signal": job(3, "correct/signal.js", undefined, late),
    "a timeout": job(2, "correct/timeout.js"),
    "ranks that have finished": job(3, "correct/finished.js"),
    "ZeroMQ of the program's own": job(2, "correct/own-zeromq.js"),
    "one slow rank": job(3, "correct/ring.js"),
    "messages that race": job(4, "correct/race.js"),
  };
  for (const [what, run] of Object.entries(runs)) {
    const { code, stdout, stderr } = await run;
    t.equal(code, 0, `${what}: ${stderr}`);
    t.match(stdout, "ok\nok\n", what);
    t.equal(stderr, "", what);
  }
});
