/** Correct programs, about which --check has nothing to say. */
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const run = (size: number, options: readonly string[], program: string, ...words: string[]) =>
  tsmpirun([
    "-n",
    `${size}`,
    "--timeout",
    "60",
    "--oversubscribe",
    ...options,
    NODE,
    join(FIXTURES, `correct/${program}.js`),
    ...words,
  ]);

for (const [program, sections] of [
  ["point-to-point", 35],
  ["collectives", 26],
  ["caught", 3],
] as const) {
  t.test(`${sections} correct patterns of ${program} end well and in silence`, async (t) => {
    for (const [size, options] of [
      [2, []],
      [2, ["--check"]],
      [3, ["--check"]],
      [3, ["--check", "--lanes", "shm,zeromq"]],
    ] as const) {
      const { code, stdout, stderr } = await run(size, options, program);
      t.equal(stderr, "", `n = ${size} ${options.join(" ")}`);
      t.equal(code, 0);
      t.equal(stdout, `${sections} sections\n`);
    }
  });
}

t.test("nothing races where each message is sent because the last has been taken", async (t) => {
  for (const [size, lanes] of [
    [2, "zeromq"],
    [3, "shm"],
    [5, "zeromq"],
    [5, "shm,zeromq"],
  ] as const) {
    const { code, stdout, stderr } = await run(size, ["--check-races", "--lanes", lanes], "causal");
    t.equal(stderr, "", `n = ${size} --lanes ${lanes}`);
    t.equal(code, 0);
    t.equal(stdout, "8 sections\n");
  }
});

t.test("however a correct program ends, it ends well and in silence", async (t) => {
  const ways = ["nothing", "some", "late", "unequal", "finalize", "exit", "large", "many"];
  const runs = ways.flatMap((way) => [
    { way, options: ["--check"] },
    { way, options: [] },
  ]);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < runs.length; index = next++) {
      const { way, options } = runs[index]!;
      const { code, stderr } = await run(3, options, "ends", way);
      t.equal(stderr, "", `${way} ${options.join(" ")}`);
      t.equal(code, 0);
    }
  };
  await Promise.all([work(), work()]);
});
