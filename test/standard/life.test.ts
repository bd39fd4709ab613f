import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { AT_ONCE, tsmpirun, type Outcome } from "../support/run.js";

const life = (size: number, ...program: string[]): Promise<Outcome> =>
  tsmpirun([
    "-n",
    String(size),
    "--timeout",
    "60",
    NODE,
    join(FIXTURES, "life", program[0]!),
    ...program.slice(1),
  ]);
/** Takes some seconds of waiting, beside the other tests. */
const swept = life(2, "directory-removed.js");

const times = (text: string, part: string) => text.split(part).length - 1;

t.test("a program that finishes ends by itself with everything it sent delivered (53)", async (t) => {
  const sizes = [2, 3, 5];
  const outcomes = await Promise.all(sizes.map((size) => life(size, "finish.js")));
  for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
    const size = sizes[index]!;
    t.equal(code, 0, stderr);
    t.equal(times(stdout, "has everything"), size - 1);
    t.equal(stderr, "", "not even a warning of a library");
  }
});

t.test("programs may end by themselves, by finalize or by process.exit", async (t) => {
  for (const mode of ["natural", "finalize", "exit"]) {
    const { code, stdout, stderr } = await life(3, "modes.js", mode);
    t.equal(code, 0, `${mode}: ${stderr}`);
    t.equal(times(stdout, "got 50000"), 3, mode);
  }
});

t.test(
  "process.exit(0) right after sends loses nothing, whether the receiver listens already or not (54)",
  async (t) => {
    for (let round = 0; round < 3; round++) {
      const modes = ["all", "deaf"];
      const outcomes = await Promise.all(modes.map((mode) => life(4, "exit-early.js", mode)));
      for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
        t.equal(code, 0, stderr);
        t.equal(times(stdout, "all here"), modes[index] === "all" ? 4 : 1);
      }
    }
  },
);

t.test("operations after finalize reject ERR_COMM", async (t) => {
  for (const size of [1, 3]) {
    const { code, stdout, stderr } = await life(size, "after-finalize.js");
    t.equal(code, 0, stderr);
    t.equal(times(stdout, "all refused"), size);
  }
});

t.test("process.exit(0) while waiting for the others to finish does not hang", async (t) => {
  const { code, seconds } = await life(2, "late-exit.js");
  t.equal(code, 0);
  t.ok(seconds < AT_ONCE, `took ${seconds} s`);
});

for (const how of ["throw", "timer", "reject"]) {
  t.test(
    `a ${how} on one rank while others wait ends the job with its stack printed once (55)`,
    async (t) => {
      const { code, stderr, seconds } = await life(5, "throw.js", "2", how);
      t.equal(code, 1);
      t.equal(times(stderr, "Error: the user's own mistake"), 1);
      t.match(stderr, /tsmpirun: rank 2 on \S+ \(pid \d+\) exited with code 1 after .* s; stopping 4 others/);
      t.ok(seconds < AT_ONCE, `took ${seconds} s`);
    },
  );
}

t.test("the exit code of the first failing rank is the job's (56)", async (t) => {
  const ways = ["7", "exitCode", "kill"];
  const outcomes = await Promise.all(ways.map((how) => life(3, "throw.js", "1", how)));
  t.same(
    outcomes.map(({ code }) => code),
    [7, 5, 137],
  );
  for (const { stderr } of outcomes) t.match(stderr, /tsmpirun: rank 1 on/);
});

t.test("abort ends the job with its code, whatever the others are doing (57)", async (t) => {
  const { code, stderr, seconds } = await life(3, "abort.js");
  t.equal(code, 42);
  t.match(stderr, /rank 1 on \S+ aborted the job with code 42: no convergence/);
  t.ok(seconds < AT_ONCE, `took ${seconds} s`);
});

t.test("what is no code is refused, with the remedy, and ends the job as any error does", async (t) => {
  for (const [code, message] of [
    ['"bad"', /rank 0, abort: the code "bad" is not a whole number: abort\(code, reason\) \[ERR_ARG\]/],
    ["1.5", /the code 1\.5 is not a whole number/],
    ["NaN", /the code NaN is not a whole number/],
  ] as const) {
    const refused = await life(1, "abort-with.js", code);
    t.equal(refused.code, 1);
    t.match(refused.stderr, message);
    t.match(refused.stderr, /abort-with\.js:\d+/);
  }
});

t.test("a world of one aborts with the same code as one of a job", async (t) => {
  for (const [code, becomes] of [
    ["0", 1],
    ["300", 44],
    ["-1", 255],
    ["undefined", 1],
    ['"bad"', 1],
  ] as const) {
    const { status, stderr } = spawnSync(NODE, [join(FIXTURES, "life/abort-with.js"), code], {
      env: { PATH: process.env["PATH"] },
      encoding: "utf8",
    });
    t.equal(status, becomes, code);
    t.match(stderr, code === '"bad"' ? /ERR_ARG/ : /^tsmpi: aborted: a reason\n$/);
    t.equal((await life(1, "abort-with.js", code)).code, becomes, code);
  }
});

t.test("nobody waits for a rank that has finished: ERR_PROC_FAILED names it (58)", async (t) => {
  const ways = [["met"], ["never met"], ["met", "send"]];
  const outcomes = await Promise.all(ways.map((words) => life(3, "leave.js", ...words)));
  for (const [index, { code, stderr, seconds }] of outcomes.entries()) {
    t.equal(code, 1, ways[index]!.join(" "));
    t.match(
      stderr,
      /rank 2 has finished without (sending what this rank waits for|receiving what this rank sends)[^[]*\[ERR_PROC_FAILED\]/,
    );
    t.match(stderr, /tsmpirun: rank 0 on/);
    t.ok(seconds < AT_ONCE, `took ${seconds} s`);
  }
});

t.test("that somebody has removed the job's directory is said in one sentence", async (t) => {
  const { code, stderr } = await swept;
  t.equal(code, 1);
  t.match(
    stderr,
    /^(tsmpi: rank \d: the job's directory \/\S+ has been removed while the job runs; let nothing clean up there, or set TMPDIR to a directory that is left alone \[ERR_OTHER\]\n){1,2}tsmpirun: rank \d on .*\n$/,
  );
});

t.test("what was sent leaves even if the sender computes and the receiver was not there yet", async (t) => {
  for (let round = 0; round < 3; round++) {
    const { code, stdout, stderr } = await life(4, "send-then-compute.js");
    t.equal(code, 0, stderr);
    t.equal(stdout, "all have it\n");
  }
});
