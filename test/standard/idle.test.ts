import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const CALLS = ["recv", "probe", "barrier", "send", "waitany", "end"];

t.test("waiting costs less than one per cent of a core, whatever is waited for (60)", async (t) => {
  const jobs = CALLS.map((call) =>
    tsmpirun(["-n", "3", "--timeout", "60", NODE, join(FIXTURES, "life/idle.js"), call]),
  );
  for (const [index, { code, stdout, stderr }] of (await Promise.all(jobs)).entries()) {
    const call = CALLS[index]!;
    t.equal(code, 0, `${call}: ${stderr}`);
    const used = stdout.trim().split("\n").map(Number);
    t.equal(used.length, 2, `${call}: both ranks that waited have said what it cost`);
    for (const percent of used) t.ok(percent < 1, `${call}: ${percent} %`);
    t.comment(`${call}: ${used.map((percent) => percent.toFixed(2)).join(" % and ")} % of a core`);
  }
});
