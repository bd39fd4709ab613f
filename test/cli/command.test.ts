import t from "tap";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

t.test("without a number there is a rank for each core", async (t) => {
  const { stdout } = await tsmpirun(["echo", "x"]);
  t.equal(stdout, "x\n".repeat(availableParallelism()));
});

t.test("a dry run shows who would run where, and starts nothing", async (t) => {
  const { code, stdout } = await tsmpirun([
    "--dry-run",
    "-n",
    "1",
    "nosuchprogram",
    "a b",
    ":",
    "-n",
    "1",
    "b",
  ]);
  t.equal(code, 0);
  t.equal(stdout, `map:\n  rank 0 on ${hostname()}: nosuchprogram 'a b'\n  rank 1 on ${hostname()}: b\n`);
});

t.test("what is displayed beside a run goes to standard error", async (t) => {
  const { stdout, stderr } = await tsmpirun(["-n", "1", "--display", "map,allocation", "echo", "x"]);
  t.equal(stdout, "x\n");
  t.match(stderr, /^map:\n.*rank 0 on .*\n\nallocation \(the .* of this machine\):\n.*slot/);
});

t.test("facts can be displayed for machines", async (t) => {
  const run = ["--dry-run", "--json", "--display", "allocation,map,env", "-x", "A=1", "-n", "2", "prog"];
  t.match(JSON.parse((await tsmpirun(run)).stdout), {
    allocation: { hosts: [{ host: hostname(), slots: availableParallelism() }], managed: false },
    map: { ranks: [{ rank: 0, localRank: 0 }, { rank: 1 }], apps: [{ program: "prog" }] },
    env: [{ A: "1" }],
  });
});

t.test("the environment is handed on, changed as asked, without an outer job's variables", async (t) => {
  const environment = { FOO_A: "1", FOO_B: "2", TSMPI_RANK: "7" };
  const run = ["-x", "SET=a=b", "--genv", "GENERAL", "g"];
  const shown = (await tsmpirun(["--show-env", ...run], { environment })).stdout.split("\n");
  for (const line of ["FOO_A=1", "SET=a=b", "GENERAL=g"]) t.ok(shown.includes(line), line);
  t.notOk(shown.some((line) => line.startsWith("TSMPI_RANK=")));
});

t.test("the environment of every program is shown", async (t) => {
  const programs = ["-x", "A=1", "a", ":", "-x", "B=2", "b"];
  const { stdout } = await tsmpirun(["--show-env", "--env-none", ...programs]);
  t.equal(stdout, "environment of a:\n  A=1\nenvironment of b:\n  B=2\n");
});

t.test("who asks to hand on a variable that is not set is told", async (t) => {
  const { code, stderr } = await tsmpirun(["-n", "1", "-x", "NOT_SET", "true"]);
  t.same([code, stderr], [0, "tsmpirun: -x NOT_SET: not set here, so there is nothing to hand on\n"]);
  t.equal((await tsmpirun(["-q", "-n", "1", "-x", "NOT_SET", "true"])).stderr, "");
});

t.test("nothing is handed on but what is named, if that is asked for", async (t) => {
  const environment = { FOO_A: "1", FOO_B: "2", BAR: "3" };
  const { stdout } = await tsmpirun(["--show-env", "--env-none", "-x", "FOO_*", "-x", "X=y"], {
    environment,
  });
  t.equal(stdout, "FOO_A=1\nFOO_B=2\nX=y\n");
});

t.test("ranks find their own variables", async (t) => {
  const script = "echo $TSMPI_RANK $TSMPI_SIZE $TSMPI_LOCAL_RANK $TSMPI_LOCAL_SIZE";
  const { stdout } = await tsmpirun(["-n", "2", "-x", "TSMPI_RANK=9", "sh", "-c", script]);
  t.same(stdout.trim().split("\n").sort(), ["0 2 0 2", "1 2 1 2"]);
});

t.test("a working directory is also the PWD of the ranks", async (t) => {
  const { stdout } = await tsmpirun(["-n", "1", "--wdir", "/usr", "sh", "-c", "echo $PWD; pwd -P"]);
  t.equal(stdout, "/usr\n/usr\n");
});

t.test("a mistake is one line without a stack, and 2", async (t) => {
  for (const words of [
    ["-n", "0", "p"],
    ["--hostfile", "f", "p"],
    [],
    ["-n", "2"],
    ["--nooversubscribe", "-N", "0", "p"],
  ]) {
    const { code, stdout, stderr } = await tsmpirun(words);
    t.same([code, stdout], [2, ""]);
    t.match(stderr, /^tsmpirun: [^\n]*\n$/);
  }
});

t.test("too many ranks where that is forbidden show hosts, slots, origin and remedy", async (t) => {
  const n = availableParallelism() + 1;
  const { code, stderr } = await tsmpirun(["-n", String(n), "--nooversubscribe", "true"]);
  t.equal(code, 2);
  t.match(
    stderr,
    new RegExp(`${n} ranks need ${n} slots[^]*of this machine[^]*: ${n - 1}\n[^]*--nooversubscribe`),
  );
});

t.test("too many ranks run in silence where nobody looks, and with a notice for who asks", async (t) => {
  const n = String(availableParallelism() + 1);
  t.equal((await tsmpirun(["-n", n, "true"])).stderr, "");
  t.match((await tsmpirun(["-n", n, "-v", "true"])).stderr, /^tsmpirun: \d+ ranks share the /);
  t.notMatch((await tsmpirun(["-n", n, "-v", "-q", "true"])).stderr, / share the /);
});

t.test("whoever asks hears of the phases", async (t) => {
  const { stderr } = await tsmpirun(["-n", "2", "-v", "true"]);
  for (const phase of ["2 of 2 ranks started", "is the first to end", "no rank is left"])
    t.match(stderr, phase);
  t.match(stderr, /^(?:tsmpirun: \d+\.\d{3} s: .*\n)*tsmpirun: .* s: end\n$/);
});

t.test("help is had of doctor and ps, too", async (t) => {
  const { stdout } = await tsmpirun(["--help"]);
  for (const command of ["doctor", "ps"]) t.match(await tsmpirun([command, "--help"]), { code: 0, stdout });
});

t.test("help names every option and has three examples", async (t) => {
  const { code, stdout } = await tsmpirun(["--help"]);
  t.equal(code, 0);
  for (const option of [
    "-n,",
    "--np",
    "--hostfile",
    "--map-by",
    "--rsh-agent",
    "--stdin",
    "--kill-grace",
    "--output-dir",
    "completion",
  ])
    t.match(stdout, option);
  t.equal(stdout.split("Examples\n")[1]!.trimEnd().split("\n").length, 3);
  t.ok(Math.max(...stdout.split("\n").map((line) => line.length)) <= 110);
});

t.test("the version is the package's", async (t) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  t.equal((await tsmpirun(["-V"])).stdout, `tsmpirun ${version}\n`);
});

t.test("the completion script completes options, values and programs", async (t) => {
  const { stdout } = await tsmpirun(["completion"]);
  const complete = (...words: string[]) => {
    const setUp = `COMP_WORDS=(tsmpirun ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}`;
    const script = `${stdout}\n${setUp}; _tsmpirun; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim().split("\n");
  };
  t.same(complete("--tag"), ["--tag-output"]);
  t.same(complete("--stdin", "a"), ["all"]);
  t.same(complete("--map-by", "s"), ["slot", "seq"]);
  t.same(complete("--bind-to", ""), ["none", "core", "numa"]);
  t.same(complete("--launcher", "s"), ["ssh", "slurm", "sge"]);
  const samples = join(ROOT, "hostfiles");
  t.same(complete("--hostfile", `${samples}/open`), [`${samples}/open-mpi.txt`]);
  t.same(complete("-H", "a", "--rank-by", "n"), ["node"]);
  t.ok(complete("-n", "4", "tru").includes("true"));
  t.same(complete("-n", "4", "true", "--tag"), [""]);
});

t.test("names of this machine are one host, where nothing is started elsewhere", async (t) => {
  const hosts = `${hostname()}:1,localhost:2,127.0.0.1:1`;
  const script = "echo $TSMPI_RANK $TSMPI_LOCAL_RANK of $TSMPI_LOCAL_SIZE";
  for (const options of [[], ["--launcher", "local"]]) {
    const { code, stdout, stderr } = await tsmpirun([...options, "-H", hosts, "sh", "-c", script]);
    t.equal(code, 0, stderr);
    t.same(stdout.trim().split("\n").sort(), ["0 0 of 4", "1 1 of 4", "2 2 of 4", "3 3 of 4"]);
  }
  const { stdout } = await tsmpirun(["doctor", "-H", hosts]);
  t.equal(stdout.match(/ssh/g), null, stdout);
});
