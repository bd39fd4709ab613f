import t from "tap";
import { example, figure, lines, SIZES } from "./example.js";

const SAMPLES = 1_000_000;

const estimate = (text: string) => figure(text, /^pi ~= (\S+)$/m);

for (const size of SIZES) {
  t.test(`monte-carlo-pi: ${size} ranks come near pi and say how long it took`, async (t) => {
    const { code, stdout, stderr } = await example("monte-carlo-pi", size, String(SAMPLES));
    t.equal(code, 0, stderr);
    t.ok(Math.abs(estimate(stdout) - Math.PI) < 0.01, stdout);
    t.match(lines(stdout)[1], /^Finished in: \d+\.\d+ s$/);
    t.equal(stderr, "");
  });

  t.test(`monte-carlo-pi: ${size} ranks with the same seed and samples agree from run to run`, async (t) => {
    const run = () => example("monte-carlo-pi", size, "--seed", "7", "12345");
    const [first, second] = [await run(), await run()];
    t.equal(first.code, 0, first.stderr);
    t.equal(estimate(first.stdout), estimate(second.stdout));
  });
}

t.test("monte-carlo-pi: another seed gives another answer", async (t) => {
  const first = await example("monte-carlo-pi", 2, String(SAMPLES), "--seed", "1");
  const second = await example("monte-carlo-pi", 2, String(SAMPLES), "--seed", "2");
  t.not(estimate(first.stdout), estimate(second.stdout));
});

t.test("monte-carlo-pi: more ranks than samples", async (t) => {
  const { code, stdout, stderr } = await example("monte-carlo-pi", 5, "2");
  t.equal(code, 0, stderr);
  t.ok([0, 2, 4].includes(estimate(stdout)), stdout);
});
