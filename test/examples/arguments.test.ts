import t from "tap";
import { SLOW } from "../support/slow.js";
import { alone, example, lines } from "./example.js";

const PROGRAMS = ["pi-send-recv", "pi-gather", "pi", "monte-carlo-pi", "dot-product", "survivors"];
const WRONG = ["abc", "0", "-5", "1.5", ""];

for (const [index, program] of PROGRAMS.entries()) {
  for (const argument of SLOW ? WRONG : [WRONG[index % WRONG.length]!]) {
    t.test(`${program} refuses the argument "${argument}" in one line`, async (t) => {
      const { code, stdout, stderr } = alone(program, argument);
      t.equal(code, 1);
      t.equal(stdout, "");
      t.equal(lines(stderr).length, 1, stderr);
      t.match(stderr, program);
    });
  }

  t.test(`${program} refuses a wrong argument once, however many ranks there are`, async (t) => {
    const { code, stdout, stderr } = await example(program, 3, "abc");
    t.equal(code, 1);
    t.equal(stdout, "");
    t.equal(lines(stderr).filter((line) => !line.startsWith("tsmpirun: ")).length, 1, stderr);
    t.notMatch(stderr, / at .*:\d+:\d+/, "no stack");
  });
}

t.test("monte-carlo-pi refuses a seed that is not a number from 0 to 4294967295", async (t) => {
  for (const seed of ["x", "-3", "4294967296", "0.5"]) {
    const { code, stderr } = alone("monte-carlo-pi", "1000", `--seed=${seed}`);
    t.equal(code, 1, seed);
    t.equal(lines(stderr).length, 1, stderr);
  }
});

t.test("survivors refuses to kill every rank", async (t) => {
  for (const kill of ["1", "-1", "x"]) t.equal(alone("survivors", "1000", `--kill=${kill}`).code, 1, kill);
});

t.test("monte-carlo-pi refuses an option it does not know", async (t) => {
  t.equal(alone("monte-carlo-pi", "1000", "--sede", "3").code, 1);
});
