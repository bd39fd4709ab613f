/** What becomes of the errors of requests that nobody asks for. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const program = join(FIXTURES, "life", "unheard.js");
const run = (size: number, way: string, ...options: string[]) =>
  tsmpirun(["-n", `${size}`, "--timeout", "30", ...options, NODE, program, way]);

const WAYS = {
  arguments: /^MPIError: rank \d, bcast: 1 is not an object of options; .* \[ERR_ARG\]\n.*unheard\.js:5:/m,
  root: /^MPIError: rank \d, bcast: root 7 .* \[ERR_ROOT\]\n.*unheard\.js:6:/m,
  operation: /^MPIError: rank \d, reduce: "x" is not an operation; .* \[ERR_OP\]\n.*unheard\.js:7:/m,
  truncated: /^MPIError: rank \d, irecv: .* \[ERR_TRUNCATE\]\n.*unheard\.js:9:/m,
};

t.test(
  "an error of a request that nobody has asked for ends the program, as a rejection would",
  async (t) => {
    for (const [way, says] of Object.entries(WAYS)) {
      for (const size of [1, 2]) {
        const { code, stderr } = await run(size, way);
        t.equal(code, 1, `${way} on ${size}`);
        t.match(stderr, says);
        t.notMatch(stderr, "dist/");
      }
      const alone = spawnSync("env", ["-u", "NODE_OPTIONS", NODE, program, way], { encoding: "utf8" });
      t.equal(alone.status, 1, `${way} without tsmpirun`);
      t.match(alone.stderr, says);
    }
  },
);

t.test("with --check it is listed with what else is left", async (t) => {
  for (const size of [1, 2]) {
    const { code, stderr } = await run(size, "root", "--check");
    t.equal(code, 1, stderr);
    t.match(stderr, /rank 0 never waited for the request made at .*unheard\.js:6:/);
    t.match(stderr, /nobody has asked for the error of a request: rank 0, bcast: root 7 .* \[ERR_ROOT\]/);
  }
});

t.test("an error that somebody has asked for is nobody else's affair", async (t) => {
  for (const size of [1, 2]) {
    const { code, stdout, stderr } = await run(size, "late");
    t.equal(code, 0, stderr);
    t.equal(stderr, "");
    // Lines of ranks come in any order.
    t.same(stdout.trimEnd().split("\n").sort(), [
      ...Array<string>(size).fill("ERR_ROOT"),
      ...Array<string>(size).fill("true true"),
    ]);
  }
});

t.test("a program may handle it as it handles rejections", async (t) => {
  for (const size of [1, 2]) {
    const { code, stdout, stderr } = await run(size, "handled");
    t.equal(code, 0, stderr);
    t.equal(stdout, "handled ERR_ARG\n".repeat(size));
  }
});
