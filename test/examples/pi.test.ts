import t from "tap";
import { example, figure, lines, SIZES } from "./example.js";

const INTERVALS = 1_000_000;
const PROGRAMS = ["pi-send-recv", "pi-gather", "pi"];

for (const program of PROGRAMS) {
  for (const size of SIZES) {
    t.test(
      `${program}: ${size} ranks find pi to 1e-8, say how long it took, and print partial sums that add up`,
      async (t) => {
        const { code, stdout, stderr } = await example(program, size, String(INTERVALS));
        t.equal(code, 0, stderr);
        const [first = "", second = "", ...more] = lines(stdout);
        t.match(first, /^PI is approximately 3\.1415926\d{9}, Error is 0\.0000\d{12}$/);
        t.ok(Math.abs(figure(first, /approximately (\S+),/) - Math.PI) < 1e-8, first);
        t.match(second, /^Time = \d+\.\d+ sec$/);
        t.same(more, []);
        const parts = [...stderr.matchAll(/^rank (\d+): partial sum (\S+) of intervals/gm)];
        t.same(
          parts.map(([, rank]) => Number(rank)).sort((a, b) => a - b),
          Array.from({ length: size }, (_, rank) => rank),
        );
        const sum = parts.reduce((total, [, , part]) => total + Number(part), 0);
        t.ok(Math.abs(sum - Math.PI / 4) < 1 / INTERVALS, String(sum));
      },
    );
  }

  t.test(`${program}: more ranks than intervals`, async (t) => {
    const { code, stdout, stderr } = await example(program, 5, "3");
    t.equal(code, 0, stderr);
    t.ok(figure(stdout, /Error is (\S+)$/m) < 0.02, stdout);
  });

  t.test(`${program}: a single interval`, async (t) => {
    const { code, stdout, stderr } = await example(program, 2, "1");
    t.equal(code, 0, stderr);
    t.ok(figure(stdout, /Error is (\S+)$/m) < 0.1, stdout);
  });
}
