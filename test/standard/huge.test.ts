import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";
import { unlessSlow } from "../support/slow.js";

t.test("messages of more than 2 GiB arrive intact (24)", unlessSlow, async (t) => {
  t.setTimeout(600_000);
  const program = join(FIXTURES, "flood/huge.js");
  const { code, stdout, stderr } = await tsmpirun(["--timeout", "500", "-n", "2", NODE, program]);
  t.equal(code, 0, stderr);
  const peaks = stdout.trim().split("\n").map(Number);
  t.equal(peaks.length, 2);
  t.comment(`peaks of memory: ${peaks.map((gib) => gib.toFixed(1)).join(" and ")} GiB`);
});

if (unlessSlow.skip === false) t.setTimeout(600_000);
