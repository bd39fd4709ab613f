/** Ranks die, and the others go on: `--on-failure continue`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { namesBelow, processesWith, mark, scratch } from "../launcher/scratch.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";
import { SLOW } from "../support/slow.js";
import { LONG } from "./matrix.js";

const FIXTURE = join(FIXTURES, "survivors/struck.js");
const FAILED = "ERR_PROC_FAILED";
const LANES = ["zeromq", "shm"];

interface Told {
  readonly rank: number;
  readonly pending: string;
  readonly failed: readonly number[];
  readonly flags?: number;
}

/** What a job of `size` ranks says that loses `victims`; leaves nothing behind. */
async function struck(
  t: Test,
  state: string,
  size: number,
  victims: readonly number[],
  lanes = "zeromq",
): Promise<Outcome & { readonly told: readonly Told[] }> {
  const directory = scratch(t);
  const word = mark();
  mkdirSync(join(directory, "tmp"));
  const options = ["--on-failure", "continue", "--timeout", "60", "-x", `TSMPI_LANES=${lanes}`];
  const outcome = await tsmpirun(
    [...options, "-n", String(size), NODE, FIXTURE, state, ...victims.map(String), word],
    { environment: { TMPDIR: join(directory, "tmp") } },
  );
  t.same(processesWith(word), [], "no process is left");
  t.same(namesBelow(join(directory, "tmp")), [], "no file is left");
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  return { ...outcome, told: lines.map((line) => JSON.parse(line) as Told).sort((a, b) => a.rank - b.rank) };
}

/** Every survivor has got the error, has left the victims out, and has worked on with the others. */
function checkSurvivors(
  t: Test,
  { told, code, stderr }: Awaited<ReturnType<typeof struck>>,
  size: number,
  victims: readonly number[],
  pending: RegExp = /^ERR_PROC_FAILED$/,
): void {
  const survivors = Array.from({ length: size }, (_, rank) => rank).filter((rank) => !victims.includes(rank));
  const sum = survivors.reduce((total, rank) => total + rank + 1, 0);
  t.equal(code, 0, stderr);
  t.same(
    told.map(({ rank }) => rank),
    survivors,
    stderr,
  );
  for (const [index, one] of told.entries()) {
    t.match(one.pending, pending);
    const after = { later: FAILED, send: FAILED, receive: FAILED, size: survivors.length, sum, large: 7 };
    t.match(one, { ...after, anybody: survivors.at(index - 1) });
    t.same(one.failed, victims);
  }
  for (const victim of victims) {
    t.equal(
      stderr.match(new RegExp(`^tsmpirun: rank ${victim} on `, "gm"))?.length,
      1,
      "each death is one line",
    );
  }
}

const ALWAYS = ["barrier", "transfer", "compute", "recv", "wildcard", "probe", "ssend", "throw", "exit"];
/** Some are through with their part when another one dies. */
const OFTEN = ["large allreduce", "large bcast"];

const SIZES = [2, 3, 5];
const STATES = [
  ...ALWAYS.map((state) => [state, undefined] as const),
  ...OFTEN.map((state) => [state, /^(ERR_PROC_FAILED|success)$/] as const),
];

for (const [index, [state, pending]] of STATES.entries()) {
  t.test(`when a rank dies and the others are at "${state}", they are told and go on (58)`, async (t) => {
    for (const size of SLOW || LONG ? SIZES : [SIZES[index % SIZES.length]!]) {
      const outcome = await struck(t, state, size, [1], LANES[size % 2]);
      checkSurvivors(t, outcome, size, [1], pending);
    }
  });
}

t.test("when the root of a bcast or a reduction dies, the others are told and go on (58)", async (t) => {
  for (const size of SLOW || LONG ? SIZES : [3]) {
    checkSurvivors(t, await struck(t, "bcast", size, [0]), size, [0]);
    checkSurvivors(t, await struck(t, "reduce", size, [0]), size, [0], /^(ERR_PROC_FAILED|success)$/);
  }
});

t.test("when two ranks die at once, the others are told of both", async (t) => {
  checkSurvivors(t, await struck(t, "barrier", 3, [1, 2]), 3, [1, 2]);
  checkSurvivors(t, await struck(t, "transfer", 5, [1, 3], "shm"), 5, [1, 3]);
});

t.test("a rank that dies during shrink is left out as well", async (t) => {
  for (const size of [3, 5]) checkSurvivors(t, await struck(t, "shrink", size, [1, 2]), size, [1, 2]);
});

t.test("when a rank dies during agree, the others agree all the same", async (t) => {
  for (const size of [3, 5]) {
    const outcome = await struck(t, "agree", size, [1, 2]);
    checkSurvivors(t, outcome, size, [1, 2]);
    for (const { flags } of outcome.told) t.equal(flags, size === 3 ? 6 : 2);
  }
});

t.test(
  "a revoked communicator ends what every rank waits for on it, whatever happens on failures",
  async (t) => {
    for (const size of [1, 2, 3, 5]) {
      for (const onFailure of ["continue", "abort"]) {
        const { code, stdout, stderr } = await tsmpirun([
          ...["--on-failure", onFailure, "--timeout", "60", "-n", String(size)],
          ...[NODE, join(FIXTURES, "survivors/revoke.js")],
        ]);
        t.equal(code, 0, stderr);
        const told = stdout.split("\n").filter((line) => line !== "");
        t.equal(told.length, size);
        for (const line of told) {
          t.match(JSON.parse(line), {
            pending: "ERR_REVOKED",
            later: ["ERR_REVOKED", "ERR_REVOKED", "ERR_REVOKED"],
            agreed: 5,
            size,
            sum: size,
          });
        }
      }
    }
  },
);

t.test("whatever ranks do when others die, results are right or rejected, until two are left", async (t) => {
  for (let seed = 0; seed < (LONG ? 60 : 3); seed++) {
    const lanes = ["zeromq", "shm", "shm,zeromq"][seed % 3]!;
    const { code, stdout, stderr } = await tsmpirun([
      ...["--on-failure", "continue", "--timeout", "60", "--oversubscribe", "-n", String(4 + (seed % 4))],
      ...["-x", `TSMPI_LANES=${lanes}`, NODE, join(FIXTURES, "survivors/storm.js"), String(seed)],
    ]);
    t.equal(code, 0, `seed ${seed}, ${lanes}: ${stderr}`);
    t.match(stdout, "rank 0 is left after some deaths");
    t.match(stdout, "rank 1 is left after some deaths");
  }
});
