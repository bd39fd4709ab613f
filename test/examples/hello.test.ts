import t from "tap";
import { example, lines, SIZES } from "./example.js";

for (const size of SIZES) {
  t.test(`hello: each of ${size} ranks says who it is, once`, async (t) => {
    const { code, stdout, stderr } = await example("hello", size);
    t.equal(code, 0, stderr);
    const expected = Array.from(
      { length: size },
      (_, rank) => `I am rank ${rank} in group of ${size} processes.`,
    );
    t.same(lines(stdout).sort(), expected);
    t.equal(stderr, "");
  });
}
