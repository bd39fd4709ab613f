import t from "tap";
import { NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

/** The upper half of the ranks begins when the first rank has left its code. */
const PROGRAM = `
  import { existsSync } from "node:fs";
  const late = Number(process.env.TSMPI_RANK) >= 12;
  const found = () => existsSync(process.env.TSMPI_JOB_DIR + "/code");
  while (late && !found()) await new Promise((resolve) => setTimeout(resolve, 5));
  const { world, ERRORS } = await import("tsmpi");
  const sum = await world.allreduce(world.rank);
  try { world.send(1, 99).catch(() => {}); await world.send(1, 99); } catch (error) {
    if (error.stack.includes("library.cjs")) console.log("our frames are shown");
  }
  console.log(sum);`;

t.test("ranks of a host share compiled code, and compute the same with it", async (t) => {
  const program = [NODE, "--input-type=module", "-e", PROGRAM];
  const { code, stdout, stderr } = await tsmpirun(["-n", "24", "--oversubscribe", ...program]);
  t.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  t.equal(lines.length, 24);
  t.same([...new Set(lines)], ["276"]);
});

t.test("code that is none of V8's is not believed", async (t) => {
  const spoil = `
    import { writeFileSync } from "node:fs";
    writeFileSync(process.env.TSMPI_JOB_DIR + "/code", "no code at all");
    const { world } = await import("tsmpi");
    console.log(await world.allreduce(1));`;
  const { code, stdout } = await tsmpirun([
    "-n",
    "12",
    "--oversubscribe",
    NODE,
    "--input-type=module",
    "-e",
    spoil,
  ]);
  t.same([code, [...new Set(stdout.trim().split("\n"))]], [0, ["12"]]);
});
