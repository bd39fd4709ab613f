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
  refuses(t, ["--genv", "A"], /^--genv needs 2 values: --genv V value$/);
});

t.test("the option that lacks its value is named, not the one that stands in its place", async (t) => {
  for (const [words, shape] of [
    ["--wdir -n 2 pwd", "--wdir needs a value, and -n is an option: --wdir DIR"],
    ["-x -n 2 env", "-x needs a value, and -n is an option: -x V[=value]"],
    ["--display -n 2 true", "--display needs a value, and -n is an option: --display WHAT,…"],
    ["--hostfile -n 2 true", "--hostfile needs a value, and -n is an option: --hostfile FILE"],
    ["-f -n2 true", "-f needs a value, and -n2 is an option: -f FILE"],
    ["--timeout -np 2 true", "--timeout needs a value, and -np is an option: --timeout SECONDS"],
    ["-H --tag-output true", "-H needs a value, and --tag-output is an option: -H HOST[:N],…"],
    ["-n -x A=1 true", "-n needs a value, and -x is an option: -n N"],
    ["-np -- true", "--np needs a value, and -- is an option: --np N"],
    ["--genv A -l true", "--genv needs 2 values, and -l is an option: --genv V value"],
    ["-n 2 --wdir", "--wdir needs a value: --wdir DIR"],
    ["--wdir= true", "--wdir needs a value: --wdir DIR"],
    ["-n= true", "-n needs a value: -n N"],
  ] as const)
    t.throws(() => request(...words.split(" ")), { exitCode: 2, message: shape }, words);
});

t.test("a number or a lone dash is a value, whatever is wrong with it", async (t) => {
  refuses(t, ["--timeout", "-1", "p"], /^--timeout -1: /);
  t.equal(request("--hostfile", "-", "p").spec.hostfile, "-");
});

t.test("a number that sticks to a long name is told apart from letters", async (t) => {
  refuses(t, ["-np2", "p"], /^unknown option -np2: write -np 2$/);
  refuses(t, ["--ppn4", "p"], /^unknown option --ppn4: write --ppn 4$/);
});

t.test("no option is suggested in the place of a letter", async (t) => {
  refuses(t, ["-z", "p"], /^unknown option -z: see tsmpirun --help$/);
});

t.test("options of other launchers are translated", async (t) => {
  refuses(t, ["--nprocs=4", "p"], /^unknown option --nprocs: use -n 4$/);
  refuses(t, ["--nolocal", "p"], /^unknown option --nolocal: .*--host/);
  refuses(t, ["--stream-buffering", "0", "p"], /^unknown option --stream-buffering: .*leave it out/);
  refuses(t, ["--cpu-set", "0,1", "p"], /^unknown option --cpu-set: .*taskset -c/);
  refuses(
    t,
    ["--report-state-on-timeout", "p"],
    /^unknown option --report-state-on-timeout: --timeout says /,
  );
  refuses(t, ["-d", "p"], /^unknown option -d: use -v$/);
});

t.test("no time limit is what a timeout of 0 means", async (t) => {
  t.equal(request("--timeout", "0", "p").timeout, undefined);
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
