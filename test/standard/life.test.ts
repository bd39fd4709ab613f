import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";

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
const times = (text: string, part: string) => text.split(part).length - 1;

t.test("a program that finishes ends by itself with everything it sent delivered (53)", async (t) => {
  for (const size of [2, 3, 5]) {
    const { code, stdout, stderr } = await life(size, "finish.js");
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
    for (const mode of ["all", "deaf"]) {
      for (let round = 0; round < 3; round++) {
        const { code, stdout, stderr } = await life(4, "exit-early.js", mode);
        t.equal(code, 0, stderr);
        t.equal(times(stdout, "all here"), mode === "all" ? 4 : 1);
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
  t.ok(seconds < 5, `took ${seconds} s`);
});

for (const how of ["throw", "timer", "reject"]) {
  t.test(
    `a ${how} on one rank while others wait ends the job with its stack printed once (55)`,
    async (t) => {
      const { code, stderr, seconds } = await life(5, "throw.js", "2", how);
      t.equal(code, 1);
      t.equal(times(stderr, "Error: the user's own mistake"), 1);
      t.match(stderr, /tsmpirun: rank 2 on \S+ \(pid \d+\) exited with code 1 after .* s; stopping 4 others/);
      t.ok(seconds < 3, `took ${seconds} s`);
    },
  );
}

t.test("the exit code of the first failing rank is the job's (56)", async (t) => {
  for (const [how, code] of [
    ["7", 7],
    ["exitCode", 5],
    ["kill", 137],
  ] as const) {
    const outcome = await life(3, "throw.js", "1", how);
    t.equal(outcome.code, code, how);
    t.match(outcome.stderr, /tsmpirun: rank 1 on/);
  }
});

t.test("abort ends the job with its code, whatever the others are doing (57)", async (t) => {
  const { code, stderr, seconds } = await life(3, "abort.js");
  t.equal(code, 42);
  t.match(stderr, /rank 1 on \S+ aborted the job with code 42: no convergence/);
  t.ok(seconds < 3, `took ${seconds} s`);
});

t.test("nobody waits for a rank that has finished: ERR_PROC_FAILED names it (58)", async (t) => {
  for (const program of [
    ["leave.js", "met"],
    ["leave.js", "never met"],
    ["leave.js", "met", "send"],
  ]) {
    const { code, stderr, seconds } = await life(3, ...program);
    t.equal(code, 1, program.join(" "));
    t.match(
      stderr,
      /rank 2 has finished without (sending what this rank waits for|receiving what this rank sends) \[ERR_PROC_FAILED\]/,
    );
    t.match(stderr, /tsmpirun: rank 0 on/);
    t.ok(seconds < 10, `took ${seconds} s`);
  }
});

t.test("what was sent leaves even if the sender computes and the receiver was not there yet", async (t) => {
  for (let round = 0; round < 3; round++) {
    const { code, stdout } = await life(4, "send-then-compute.js");
    t.equal(code, 0);
    for (const ms of stdout.trim().split("\n").map(Number)) t.ok(ms < 1500, `${ms} ms`);
  }
});
