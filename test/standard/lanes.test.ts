/** The same on every lane: order, ends, sleep. `shm` alone gives every pair memory from its first message on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import t from "tap";
import { whyNoCluster } from "../support/cluster.js";
import { FIXTURES, NODE, TSMPIRUN } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";
import { unlessSlow } from "../support/slow.js";

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

const STREAM = [NODE, join(FIXTURES, "lanes/stream.js"), "100"];
const DECLINED = /^tsmpi: rank \d: no memory between ranks here, ZeroMQ carries all: (.*)$/gm;

t.test("a job whose directory is not in memory goes on with ZeroMQ, and says so once with -v", async (t) => {
  const disk = mkdtempSync("/var/tmp/tsmpi-test-");
  t.teardown(() => rmSync(disk, { recursive: true }));
  for (const verbose of [true, false]) {
    const { stdout, stderr, code } = await tsmpirun(["-n", "3", ...(verbose ? ["-v"] : []), ...STREAM], {
      environment: { TSMPI_LANES: "shm", TMPDIR: disk },
    });
    t.equal(code, 0, stderr);
    t.equal(times(stdout, "all here"), 3);
    const said = [...stderr.matchAll(DECLINED)].map(([, why]) => why);
    t.equal(said.length, verbose ? 1 : 0, stderr);
    if (verbose) t.match(said[0], /is not in memory: set TMPDIR/);
  }
});

t.test(
  "a job whose memory is full goes on with ZeroMQ, and says so once",
  { skip: whyNoCluster() },
  async (t) => {
    const mounted = 'mount -t tmpfs -o size=8m none "$1" && export TMPDIR="$1" && shift && exec "$@"';
    const command = [
      "env",
      "-u",
      "NODE_OPTIONS",
      "TSMPI_LANES=shm,zeromq",
      NODE,
      TSMPIRUN,
      "-v",
      "-n",
      "3",
      ...STREAM,
    ];
    const job = spawn("unshare", ["-m", "sh", "-c", mounted, "sh", memory, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(job.stdout),
      text(job.stderr),
      once(job, "close"),
    ]);
    t.equal(code, 0, stderr);
    t.equal(times(stdout, "all here"), 3);
    const said = [...stderr.matchAll(DECLINED)].map(([, why]) => why);
    t.equal(said.length, 1, stderr);
    t.match(said[0], /has no room: \d+ KiB free/);
  },
);
