import { resolve } from "node:path";
import t from "tap";
import { EXAMPLES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";
import { example, figure, SIZES } from "./example.js";

const estimate = (text: string) => figure(text, /^pi ~= (\S+)$/m);

for (const size of SIZES) {
  t.test(`survivors: ${size} ranks of which none dies come near pi`, async (t) => {
    const { code, stdout, stderr } = await example("survivors", size, "2000000");
    t.equal(code, 0, stderr);
    t.ok(Math.abs(estimate(stdout) - Math.PI) < 0.01, stdout);
    t.match(stdout, `darts by ${size} of ${size} ranks`);
  });
}

for (const [size, kill] of [
  [2, 1],
  [3, 2],
  [5, 3],
] as const) {
  t.test(`survivors: ${size} ranks of which ${kill} die come near pi all the same`, async (t) => {
    const { code, stdout, stderr } = await tsmpirun([
      ...["--oversubscribe", "--on-failure", "continue", "--timeout", "100", "-n", String(size)],
      ...[NODE, resolve(EXAMPLES, "survivors.js"), "60000000", "--kill", String(kill)],
    ]);
    t.equal(code, 0, stderr);
    t.ok(Math.abs(estimate(stdout) - Math.PI) < 0.01, stdout);
    const deaths = stderr.match(/^tsmpirun: rank \d .* was killed by SIGKILL/gm)?.length ?? 0;
    t.ok(deaths > 0 && deaths <= kill, stderr);
    t.equal(figure(stdout, /darts by (\d) of/), size - deaths);
    t.ok(figure(stdout, /^(\d+) darts/m) >= 60_000_000, stdout);
  });
}
