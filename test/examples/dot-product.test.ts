import t from "tap";
import { example, figure, SIZES } from "./example.js";

/** n(n+1)(n+2)/6 to the last digit a double has. */
const closedForm = (n: number) => Number((BigInt(n) * BigInt(n + 1) * BigInt(n + 2)) / 6n);

for (const size of SIZES) {
  for (const n of size === 5 ? [1, 4, 1000, 1_000_001] : [1, 1_000_001]) {
    t.test(`dot-product: ${size} ranks find the product of length ${n} exactly`, async (t) => {
      const { code, stdout, stderr } = await example("dot-product", size, String(n));
      t.equal(code, 0, stderr);
      t.equal(figure(stdout, /^dot product = (\d+),/), closedForm(n));
      t.equal(figure(stdout, / = (\d+)$/m), closedForm(n));
      t.equal(stderr, "");
    });
  }
}
