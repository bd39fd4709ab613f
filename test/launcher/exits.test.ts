import t from "tap";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES, NODE, TSMPIRUN } from "../support/paths.js";
import { AT_ONCE, tsmpirun } from "../support/run.js";
import { mark, namesBelow, processesWith, scratch } from "./scratch.js";

t.test("a job whose ranks all succeed ends with 0 and says nothing", async (t) => {
  const { code, stdout, stderr } = await tsmpirun(["-n", "2", "echo", "x"]);
  t.same([code, stdout, stderr], [0, "x\nx\n", ""]);
});

t.test("a program that is not an MPI program runs as often as asked", async (t) => {
  t.equal((await tsmpirun(["-n", "2", "hostname"])).stdout.trim().split("\n").length, 2);
});

t.test("the first rank that fails gives the exit code, and is named with its process", async (t) => {
  const { code, stderr } = await tsmpirun([
    "-n",
    "3",
    "sh",
    "-c",
    "[ $TSMPI_RANK = 1 ] && exit 7; sleep 100",
  ]);
  t.equal(code, 7);
  t.match(
    stderr,
    /^tsmpirun: rank 1 on \S+ \(pid \d+\) exited with code 7 after \d\.\d s; stopping 2 others\n$/,
  );
});

t.test(
  "SEMANTICS 55: a rank that throws ends the others at once, with its stack once and before the report",
  async (t) => {
    const { code, stderr, seconds } = await tsmpirun(["-n", "5", NODE, join(FIXTURES, "throw-on.js"), "2"]);
    t.equal(code, 1);
    t.equal(stderr.match(/Error: thrown on rank 2/g)?.length, 1);
    t.match(stderr, /tsmpirun: rank 2 .* stopping 4 others\n$/);
    t.ok(seconds < AT_ONCE, `took ${seconds} s`);
  },
);

t.test("SEMANTICS 56: a rank killed by a signal gives 128 and the signal's number", async (t) => {
  const { code, stderr } = await tsmpirun([
    "-n",
    "2",
    "sh",
    "-c",
    "[ $TSMPI_RANK = 0 ] && kill -SEGV $$; sleep 100",
  ]);
  t.equal(code, 139);
  t.match(stderr, /rank 0 .* was killed by SIGSEGV .* stopping 1 other\n/);
});

t.test("a program that cannot be found is one error and 127", async (t) => {
  const { code, stderr } = await tsmpirun(["-n", "2", "nosuchprogram"]);
  t.same([code, stderr], [127, "tsmpirun: nosuchprogram was not found in PATH\n"]);
  t.equal((await tsmpirun(["-n", "2", "./nosuchprogram"])).code, 127);
});

t.test("a number in the place of a program is taken for the number of ranks that was meant", async (t) => {
  const { code, stderr } = await tsmpirun(["4", "echo"]);
  t.same([code, stderr], [127, "tsmpirun: 4 was not found in PATH; did you mean -n 4?\n"]);
});

t.test("a program that cannot be run is one error and 126", async (t) => {
  const { code, stderr } = await tsmpirun(["-n", "2", join(FIXTURES, "not-executable.txt")]);
  t.equal(code, 126);
  t.match(stderr, /^tsmpirun: \S+not-executable.txt is not executable: chmod \+x \S+\n$/);
  t.equal((await tsmpirun(["/tmp"])).code, 126);
});

t.test("a place in PATH where nobody may look is one where the program is not", async (t) => {
  const directory = scratch(t);
  const shut = join(directory, "shut");
  mkdirSync(shut);
  writeFileSync(join(shut, "hostname"), "", { mode: 0o755 });
  chmodSync(shut, 0);
  t.teardown(() => chmodSync(shut, 0o700));
  chmodSync(directory, 0o755);
  symlinkSync("hostname", join(directory, "hostname"));
  const path = `PATH=${shut}:${directory}:/usr/bin:/bin`;
  // Nothing is shut for root.
  const user =
    process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const launcher = ["-u", "NODE_OPTIONS", path, ...user, NODE, TSMPIRUN, "-n", "1"];
  const run = (...words: string[]) =>
    spawnSync("/usr/bin/env", [...launcher, ...words], { cwd: directory, encoding: "utf8" });
  t.match(run("hostname"), { status: 0, stdout: /^\S+\n$/, stderr: "" });
  t.match(run("./shut/hostname"), {
    status: 126,
    stderr: `tsmpirun: ./shut/hostname cannot be run: it is behind a directory that may not be entered (${shut}/hostname)\n`,
  });
  t.match(run("./hostname"), {
    status: 126,
    stderr: `tsmpirun: ./hostname cannot be run: it is a symbolic link that leads in a circle (${directory}/hostname)\n`,
  });
  t.match(run("x".repeat(300)), { status: 127, stderr: /^tsmpirun: x+ was not found in PATH\n$/ });
  t.match(run("--wdir", "shut", "hostname"), {
    status: 2,
    stderr: /^tsmpirun: the working directory \S+\/shut may not be entered on \S+\n$/,
  });
  t.match(run("--wdir", "/dev/null", "hostname"), {
    status: 2,
    stderr: /^tsmpirun: the working directory \/dev\/null is not a directory on \S+\n$/,
  });
  t.match(run("--wdir", "shut/x", "hostname"), {
    status: 2,
    stderr:
      /^tsmpirun: the working directory \S+\/shut\/x is behind a directory that may not be entered on \S+\n$/,
  });
});

t.test("a script for node that does not exist is one error and 127, in each program of a job", async (t) => {
  const directory = scratch(t);
  const missing = ["-n", "2", NODE, "--enable-source-maps", "helo.mjs", "4"];
  for (const words of [missing, ["-n", "1", "echo", "x", ":", ...missing]]) {
    t.match(await tsmpirun(words, { directory }), {
      code: 127,
      stdout: "",
      stderr: `tsmpirun: node is to run helo.mjs, which was not found (there is no ${join(directory, "helo.mjs")})\n`,
    });
  }
});

t.test("what else node may be told to run is left to node", async (t) => {
  const directory = scratch(t);
  const hook = join(directory, "hook.mjs");
  writeFileSync(hook, "console.log(process.argv.length); process.exit(0)");
  writeFileSync(join(directory, "named.js.js"), "console.log(process.argv.length)");
  const run = async (...words: string[]) =>
    (await tsmpirun(["-n", "1", NODE, ...words], { directory })).stdout;
  t.equal(await run("-p", "process.argv.length", "nothing.js"), "2\n");
  t.equal(await run("--eval=console.log(process.argv.length)", "nothing.js"), "2\n");
  t.equal(await run("--import", hook, "nothing.js"), "2\n");
  t.equal(await run(`--import=${hook}`, "nothing.ts"), "2\n");
  t.equal(await run("named.js"), "2\n");
  const { stdout } = await tsmpirun(["-n", "1", "-x", `NODE_OPTIONS=--import=${hook}`, NODE, "nothing.mjs"], {
    directory,
  });
  t.equal(stdout, "2\n");
});

t.test("a program in TypeScript runs, or is one error and 126 where this node cannot run it", async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, "typed.mts"), "const one: number = 1; console.log(one);");
  const strips = Boolean((process.features as { typescript?: unknown }).typescript);
  for (const words of [[NODE, "typed.mts"], ["./typed.mts"]]) {
    const { code, stdout, stderr } = await tsmpirun(["-n", "2", ...words], { directory });
    if (strips) t.same([code, stdout], [0, "1\n1\n"]);
    else {
      t.same([code, stdout], [126, ""]);
      t.match(
        stderr,
        /^tsmpirun: \S*typed\.mts is TypeScript, which Node 2\d\.\S+ cannot run: compile it \(npx tsc\) and run typed\.mjs, or use Node 22\.18 or later\n$/,
      );
    }
  }
});

t.test("nothing starts when one of several programs cannot be found", async (t) => {
  const { code, stdout } = await tsmpirun(["-n", "1", "echo", "x", ":", "-n", "1", "nosuchprogram"]);
  t.same([code, stdout], [127, ""]);
});

t.test("a script that is not executable runs on the launcher's node", async (t) => {
  const { stdout } = await tsmpirun(["-n", "1", join(FIXTURES, "script.js"), "a", "-n"]);
  t.equal(stdout, "script a -n\n");
});

t.test("a program is looked up in the directory and PATH of its ranks", async (t) => {
  t.equal((await tsmpirun(["-n", "1", "--wdir", FIXTURES, "./script.js"])).stdout, "script \n");
  t.equal((await tsmpirun(["-n", "1", "-x", `PATH=${FIXTURES}`, "stubborn.sh", "3"])).code, 3);
});

t.test("a working directory that does not exist is named with the host", async (t) => {
  const { code, stderr } = await tsmpirun(["--wdir", "/nonexistent", "true"]);
  t.equal(code, 2);
  t.match(stderr, /^tsmpirun: the working directory \/nonexistent does not exist on \S+\n$/);
});

t.test("a current directory that has been removed is one line, and no matter with another", async (t) => {
  const gone = scratch(t);
  const run = (...words: string[]) =>
    tsmpirun([
      "-n",
      "1",
      "--wdir",
      gone,
      "sh",
      "-c",
      'rmdir "$PWD"; exec "$@"',
      "sh",
      NODE,
      TSMPIRUN,
      ...words,
    ]);
  t.match(await run("true"), {
    code: 2,
    stderr: /^tsmpirun: the current directory does not exist any more\n/,
  });
  mkdirSync(gone);
  t.match(await run("-n", "1", "--wdir", "/usr", "pwd"), { code: 0, stdout: "/usr\n" });
});

t.test("a batch system that is asked for and is not there is an error, also for one machine", async (t) => {
  const environment = { SLURM_JOB_ID: undefined, SLURM_JOBID: undefined };
  t.match(await tsmpirun(["--launcher", "slurm", "-n", "1", "echo", "x"], { environment }), {
    code: 2,
    stdout: "",
    stderr: /^tsmpirun: --launcher slurm: this is not inside a Slurm job \(SLURM_JOB_ID is not set\); .*\n$/,
  });
});

t.test("a user whom the system does not know is told what is wrong with a host", { skip: noUsers() }, (t) => {
  const stranger = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"];
  const launcher = ["-u", "NODE_OPTIONS", "-u", "HOME", ...stranger, NODE, TSMPIRUN];
  for (const host of ["nowhere.invalid", "me@nowhere.invalid"]) {
    const words = ["--rsh-agent", "false", "-H", host, "true"];
    const { stderr } = spawnSync("/usr/bin/env", [...launcher, ...words], { encoding: "utf8" });
    t.match(stderr, /^tsmpirun: cannot start on nowhere\.invalid: false: ended with code 1 /);
  }
  t.end();
});

t.test("several programs share one world", async (t) => {
  const show = ["sh", "-c", "echo $0 $TSMPI_RANK of $TSMPI_SIZE"];
  const { stdout } = await tsmpirun(["-n", "1", ...show, "a", ":", "-n", "2", ...show, "b"]);
  t.same(stdout.trim().split("\n").sort(), ["a 0 of 3", "b 1 of 3", "b 2 of 3"]);
});

t.test("a job that runs into its deadline ends with 124 and says where every rank was", async (t) => {
  const { code, stderr } = await tsmpirun(["-n", "3", "--timeout", "0.3", "sleep", "100"]);
  t.equal(code, 124);
  const [sentence, head, ...rows] = stderr.trimEnd().split("\n");
  t.equal(sentence, "tsmpirun: the job did not end within 0.3 s (--timeout); stopping 3 ranks:");
  t.match(head, /^ {2}rank +host +pid +state .* cpu +memory/);
  t.equal(rows.length, 3);
  for (const [rank, row] of rows.entries()) {
    t.match(row, new RegExp(`^ {2}${rank} +\\S+ +\\d+ +no call yet +\\d+\\.\\d s +\\d+ MiB$`));
  }
});

t.test("a deadline says where ranks were also when the job's directory has been removed", async (t) => {
  const program = `
    import { world } from "tsmpi";
    import { rmSync } from "node:fs";
    await world.barrier();
    if (world.rank === 0) rmSync(process.env.TSMPI_JOB_DIR, { recursive: true });
    setTimeout(() => {}, 1e6);`;
  const ranks = [NODE, "--input-type=module", "-e", program];
  const { code, stderr } = await tsmpirun(["-n", "2", "--timeout", "2", ...ranks]);
  t.equal(code, 124);
  t.match(
    stderr,
    /^tsmpirun: the job did not end within 2 s \(--timeout\); stopping 2 ranks:\n( {2}.*\n){3}$/,
  );
});

t.test("a rank that ignores TERM is killed after the grace, and only then", async (t) => {
  const { code, stdout, seconds } = await tsmpirun([
    ...["-n", "2", "--kill-grace", "0.5"],
    ...[join(FIXTURES, "stubborn.sh"), "4"],
  ]);
  t.equal(code, 4);
  t.match(stdout, /TERM\n/);
  t.ok(seconds > 0.5 && seconds < AT_ONCE, `took ${seconds} s`);
});

t.test("background children of a successful job end with it", async (t) => {
  const word = mark();
  const { code, stdout, seconds } = await tsmpirun([
    "-n",
    "2",
    "sh",
    "-c",
    `sleep ${word} & setsid sleep ${word} & echo done`,
  ]);
  t.same([code, stdout], [0, "done\ndone\n"]);
  t.same(processesWith(word), []);
  t.ok(seconds < AT_ONCE, `took ${seconds} s`);
});

t.test("a launcher inside a rank makes a job of its own", async (t) => {
  const launcher = [NODE, TSMPIRUN];
  const { code, stdout } = await tsmpirun([
    "-n",
    "2",
    ...launcher,
    "-n",
    "3",
    "sh",
    "-c",
    "echo $TSMPI_SIZE $TSMPI_JOB_ID",
  ]);
  const lines = stdout.trim().split("\n");
  t.equal(code, 0);
  t.same(new Set(lines.map((line) => line.split(" ")[0])), new Set(["3"]));
  t.equal(new Set(lines).size, 2);
});

t.test("nothing is left in the directory for temporary files, even one with a very long name", async (t) => {
  const directory = join(scratch(t), "x".repeat(150));
  mkdirSync(directory);
  for (const TMPDIR of [scratch(t), directory]) {
    const { code } = await tsmpirun(["-n", "2", "sh", "-c", "test -d $TSMPI_JOB_DIR"], {
      environment: { TMPDIR },
    });
    t.equal(code, 0);
    t.same(namesBelow(TMPDIR), []);
  }
});

t.test("a limit on open files that is too low is an error with the command that raises it", async (t) => {
  const launcher = [NODE, TSMPIRUN];
  const { code, stderr } = await tsmpirun([
    "-n",
    "1",
    "sh",
    "-c",
    'ulimit -n 64; "$@"',
    "sh",
    ...launcher,
    "-n",
    "20",
    "true",
  ]);
  t.equal(code, 1);
  t.match(stderr, /20 ranks need \d+ open files, and the limit is 64: run `ulimit -n \d+` first/);
});

t.test("output that cannot be written is an error that says why", async (t) => {
  const full = `"${NODE}" "${TSMPIRUN}" -n 2 echo x > /dev/full`;
  const { code, stderr } = await tsmpirun(["-n", "1", "sh", "-c", full]);
  t.equal(code, 1);
  t.match(stderr, /^tsmpirun: the output cannot be written: ENOSPC/);
});

t.test("a system without mkfifo runs jobs all the same", async (t) => {
  const run = ["-n", "2", "/bin/sh", "-c", "echo out; echo err >&2"];
  const { code, stdout, stderr } = await tsmpirun(run, { environment: { PATH: "/usr/bin/env-only" } });
  t.same([code, stdout, stderr], [0, "out\nout\n", "err\nerr\n"]);
});

function noUsers(): string | false {
  return process.getuid?.() === 0 ? false : "needs root";
}
