/** The same on every lane: order, ends, sleep. `shm` alone gives every pair memory from its first message on. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";
import { unlessSlow } from "../support/slow.js";

t.setTimeout(180_000);

const memory = mkdtempSync("/dev/shm/tsmpi-test-");
t.teardown(() => rmSync(memory, { recursive: true }));

const LANES = ["zeromq", "shm,zeromq", "shm"];

function run(lanes: string, n: number, program: string, ...args: string[]): Promise<Outcome> {
  const command = [NODE, join(FIXTURES, "lanes", program), ...args];
  return tsmpirun(["-n", String(n), "--timeout", "100", ...command], {
    environment: { TSMPI_LANES: lanes, TMPDIR: memory },
  });
}
const times = (text: string, part: string) => text.split(part).length - 1;

for (const lanes of LANES) {
  // The default lane is what every other test runs on.
  t.test(`with ${lanes}`, lanes === "shm,zeromq" ? {} : unlessSlow, async (t) => {
    await t.test(
      "streams both ways arrive intact and in order, while pairs change lanes (6, 26)",
      async (t) => {
        for (const n of [2, 3, 5]) {
          const { stdout, stderr, code } = await run(lanes, n, "stream.js", n === 5 ? "100" : "300");
          t.equal(times(stdout, "all here"), n, stderr);
          t.equal(code, 0);
        }
      },
    );

    await t.test("a message wakes its receiver, however deep it sleeps", async (t) => {
      const { stdout, stderr } = await run(lanes, 2, "wake.js");
      t.equal(times(stdout, "awake"), 2, stderr);
    });

    await t.test("timers fire while ranks exchange messages", async (t) => {
      const { stdout, stderr } = await run(lanes, 2, "timers.js");
      const fired = stdout.trim().split("\n").map(Number);
      t.equal(fired.length, 2, stderr);
      for (const count of fired) t.ok(count >= 20, `${count} times`);
    });

    await t.test("a rank that has had messages sleeps without cost (60)", async (t) => {
      const { stdout, stderr } = await run(lanes, 2, "asleep.js");
      const percent = stdout.trim() === "" ? NaN : Number(stdout);
      t.ok(percent < 1, `${percent} % of a core ${stderr}`);
    });

    await t.test(
      "what a rank sent arrives though it computes, has nothing left to do, or leaves (53, 54)",
      async (t) => {
        for (const mode of ["compute", "end", "exit"]) {
          const { stdout, stderr, code } = await run(lanes, 2, "filled.js", mode);
          t.equal(times(stdout, "all here"), 1, `${mode}: ${stderr}`);
          t.equal(code, 0);
        }
      },
    );

    await t.test("a killed rank ends the job, and nothing of it stays in memory (56)", async (t) => {
      const { stderr, code } = await run(lanes, 3, "killed.js");
      t.equal(code, 137, stderr);
      t.same(readdirSync(memory), []);
    });
  });
}
