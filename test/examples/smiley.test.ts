import t from "tap";
import { example, lines, SIZES } from "./example.js";

for (const size of SIZES) {
  t.test(`smiley: each of ${size} ranks has its own face`, async (t) => {
    const { code, stdout, stderr } = await example("smiley", size);
    t.equal(code, 0, stderr);
    const faces = lines(stdout).map((line) => /^rank \d+ looks like this: (\S+)$/.exec(line)?.[1]);
    t.equal(faces.length, size);
    t.notOk(faces.includes(undefined), stdout);
    t.equal(new Set(faces).size, size);
    t.equal(stderr, "");
  });
}
