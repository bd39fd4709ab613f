import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { SLOW } from "../support/slow.js";
import { tsmpirun } from "../support/run.js";

for (const size of SLOW ? [1, 2, 3, 5, 8] : [1, 2, 3, 5]) {
  t.test(`two runs on ${size} ranks give bitwise the same, on every rank (35)`, async (t) => {
    const job = ["--oversubscribe", "--timeout", "60", "-n", String(size), NODE, join(FIXTURES, "bits.js")];
    const first = await tsmpirun(job);
    const second = await tsmpirun(job);
    t.equal(first.code, 0, first.stderr);
    t.equal(first.stdout.trim().split("\n").length, 13);
    t.equal(second.stdout, first.stdout);
  });
}
