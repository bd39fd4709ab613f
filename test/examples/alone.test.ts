import t from "tap";
import { alone } from "./example.js";

const PROGRAMS: Readonly<Record<string, RegExp>> = {
  hello: /^I am rank 0 in group of 1 processes\.\n$/,
  smiley: /^rank 0 looks like this: \S+\n$/,
  "pi-send-recv": /^PI is approximately 3\.1415926/,
  "pi-gather": /^PI is approximately 3\.1415926/,
  pi: /^PI is approximately 3\.1415926/,
  "monte-carlo-pi": /^pi ~= 3\.14/,
  survivors: /^pi ~= 3\.1/,
  "dot-product": /^dot product = 166667166667000000,/,
};

for (const [program, output] of Object.entries(PROGRAMS)) {
  t.test(`${program} run without tsmpirun is a world of one`, async (t) => {
    const { code, stdout, stderr } = alone(program, "1000000");
    t.equal(code, 0, stderr);
    t.match(stdout, output);
  });
}
