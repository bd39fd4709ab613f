import t from "tap";
import type { Test } from "tap";
import { parseCommand } from "@tsmpi/cli/parse";
import { buildRequest } from "@tsmpi/cli/request";
import { splitPrograms } from "@tsmpi/cli/words";

const request = (...argv: string[]) =>
  buildRequest(
    splitPrograms(argv).map((words) => parseCommand(words)),
    { HOME: "/home/me" },
  );
const app = (...argv: string[]) => request(...argv).spec.apps[0]!;
const refuses = (t: Test, argv: string[], message: RegExp) =>
  t.throws(() => request(...argv), { name: "LaunchProblem", exitCode: 2, message }, argv.join(" "));

t.test("every spelling of the number of ranks is understood", async (t) => {
  for (const words of [
    "-n 4",
    "-n4",
    "-n=4",
    "--n 4",
    "--n=4",
    "-c 4",
    "-np 4",
    "--np 4",
    "-np=4",
    "--np=4",
  ]) {
    t.match(app(...words.split(" "), "prog"), { ranks: 4, program: "prog" }, words);
  }
});

t.test("options stop at the program, whose own options are its own", async (t) => {
  t.match(app("-n", "2", "prog", "-n", "3", "--help", "--"), { ranks: 2, args: ["-n", "3", "--help", "--"] });
  t.match(app("-n", "2", "--", "-prog", "x"), { ranks: 2, program: "-prog", args: ["x"] });
});

t.test("a program called true or false is not the value of a switch", async (t) => {
  t.equal(app("-l", "true").program, "true");
  t.equal(app("--tag-output", "false").program, "false");
});

t.test("short switches can be joined", async (t) => {
  t.equal(request("-lv", "prog").output.tag, true);
});

t.test("programs separated by a colon have their own numbers and variables", async (t) => {
  const { apps } = request(
    "-n",
    "1",
    "-x",
    "A=1",
    "--genv",
    "G",
    "g",
    "a",
    ":",
    "-n",
    "2",
    "-x",
    "A=2",
    "b",
    "c",
  ).spec;
  t.match(apps, [
    { program: "a", ranks: 1, environment: { A: "1", G: "g" } },
    { program: "b", args: ["c"], ranks: 2, environment: { A: "2", G: "g" } },
  ]);
});

t.test("an output directory may say that nothing goes to the terminal", async (t) => {
  t.same(request("--output-dir", "d", "p").output.directory, { path: "d", copy: true });
  t.same(request("--output-dir", "d:nocopy", "p").output.directory, { path: "d", copy: false });
});

t.test("wrong values are named with what was expected", async (t) => {
  refuses(t, ["-n", "0", "p"], /^-n 0: expected a whole number, 1 or more$/);
  refuses(t, ["-n", "x", "p"], /^-n x: /);
  refuses(t, ["-n", "-3", "p"], /^-n -3: /);
  refuses(t, ["-n4x", "p"], /^-n 4x: /);
  refuses(t, ["-N", "1.5", "p"], /^-N 1.5: /);
  refuses(t, ["--timeout", "soon", "p"], /^--timeout soon: expected a number of seconds$/);
  refuses(t, ["--stdin", "some", "p"], /^--stdin some: expected a rank, all or none$/);
  refuses(t, ["--display", "maps", "p"], /^--display maps: expected allocation, map, bindings or env$/);
});

t.test("an option without its value is named", async (t) => {
  refuses(t, ["-n"], /^-n needs a value: -n N$/);
  refuses(t, ["--oversubscribe=no", "p"], /^--oversubscribe=no: --oversubscribe takes no value$/);
  refuses(t, ["-q=1", "p"], /^-q=1: -q takes no value$/);
  refuses(t, ["--genv", "A"], /^--genv needs a value/);
});

t.test("an option given twice is named with both values", async (t) => {
  refuses(t, ["-n", "2", "-np", "3", "p"], /^-n is given more than once: 2 and 3$/);
});

t.test("an unknown option is one error, with a suggestion where there is one", async (t) => {
  refuses(t, ["--tag-outptu", "p"], /^unknown option --tag-outptu: did you mean --tag-output\?$/);
  refuses(t, ["-hostfiel", "f", "p"], /^unknown option -hostfiel: did you mean --hostfile\?$/);
  refuses(t, ["-goo", "p"], /^unknown option -goo: see tsmpirun --help$/);
  refuses(t, ["--hostfiel", "f", "p"], /^unknown option --hostfiel: did you mean --hostfile\?$/);
});

t.test("no program is an error that shows the form of a command", async (t) => {
  refuses(t, ["-n", "2"], /^no program: tsmpirun \[options\] program/);
  refuses(t, [], /^no program/);
  refuses(t, ["-n", "1", "a", ":"], /^no program/);
});

t.test("an option of the job behind a later program is an error", async (t) => {
  refuses(t, ["-n", "1", "a", ":", "--timeout", "3", "-n", "1", "b"], /^--timeout holds for the whole job/);
});
