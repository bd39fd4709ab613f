import t from "tap";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, spawnTsmpirun } from "../support/run.js";
import { scratch, until } from "./scratch.js";

const sorted = (text: string) => text.trimEnd().split("\n").sort();

t.test("lines of different ranks are never mixed", async (t) => {
  const script = "i=0; while [ $i -lt 200 ]; do printf $TSMPI_RANK; printf 'abcdefghij\\n'; i=$((i+1)); done";
  const { stdout } = await tsmpirun(["-n", "4", "sh", "-c", script]);
  t.equal(stdout.length, 4 * 200 * 12);
  t.match(stdout, /^(?:[0-3]abcdefghij\n)*$/);
});

t.test("tagged lines say their rank, on both streams, also the last without a newline", async (t) => {
  const { stdout, stderr } = await tsmpirun(["-n", "2", "-l", "sh", "-c", "echo out; printf err >&2"]);
  t.same(sorted(stdout), ["[0] out", "[1] out"]);
  t.same(sorted(stderr), ["[0] err", "[1] err"]);
});

t.test("lines with the time have it in front of the rank", async (t) => {
  const { stdout } = await tsmpirun(["-n", "1", "-l", "--timestamp-output", "echo", "x"]);
  t.match(stdout, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[0\] x\n$/);
});

t.test("merged streams keep their order", async (t) => {
  const script = "for i in 1 2 3; do echo out$i; echo err$i >&2; done";
  const { stdout, stderr } = await tsmpirun(["-n", "1", "--merge-stderr-to-stdout", "sh", "-c", script]);
  t.same([stdout, stderr], ["out1\nerr1\nout2\nerr2\nout3\nerr3\n", ""]);
});

t.test("an output directory has a file a rank and stream, beside the terminal", async (t) => {
  const directory = join(scratch(t), "made");
  const run = ["-n", "11", "--output-dir", directory, "sh", "-c", "echo o$TSMPI_RANK; echo e >&2"];
  const { stdout } = await tsmpirun(run);
  t.equal(sorted(stdout).length, 11);
  t.equal(readdirSync(directory).length, 22);
  t.equal(readFileSync(join(directory, "rank.03.out"), "utf8"), "o3\n");
  t.equal(readFileSync(join(directory, "rank.10.err"), "utf8"), "e\n");
});

t.test("files of an earlier job in an output directory are not overwritten without a word", async (t) => {
  const directory = join(scratch(t), "out");
  const run = (size: number, ...options: string[]) =>
    tsmpirun([
      "-n",
      `${size}`,
      "--output-dir",
      `${directory}:nocopy`,
      ...options,
      "sh",
      "-c",
      "echo $TSMPI_SIZE",
    ]);
  t.equal((await run(3)).stderr, "");
  t.equal(
    (await run(2)).stderr,
    `tsmpirun: --output-dir ${directory} overwrites 2 files of an earlier job` +
      ", and leaves 2 files of an earlier job (rank.2.err, …)\n",
  );
  t.equal(readFileSync(join(directory, "rank.1.out"), "utf8"), "2\n");
  t.equal(readFileSync(join(directory, "rank.2.out"), "utf8"), "3\n");
  t.equal((await run(3, "-q")).stderr, "");
});

t.test("an output directory can take the terminal's place", async (t) => {
  const directory = scratch(t);
  const { stdout } = await tsmpirun([
    "-n",
    "2",
    "--output-dir",
    `${directory}:nocopy`,
    "--merge-stderr-to-stdout",
    "echo",
    "x",
  ]);
  t.equal(stdout, "");
  t.same(readdirSync(directory).sort(), ["rank.0.out", "rank.1.out"]);
  t.equal(readFileSync(join(directory, "rank.1.out"), "utf8"), "x\n");
});

t.test("an output directory that cannot be made is an error", async (t) => {
  const { code, stderr } = await tsmpirun(["--output-dir", "/proc/no", "true"]);
  t.equal(code, 2);
  t.equal(
    stderr,
    "tsmpirun: --output-dir /proc/no: ENOENT: no such file or directory (choose a place to which you may write)\n",
  );
  const file = await tsmpirun(["--output-dir", "/etc/passwd", "true"]);
  t.match(file.stderr, /^tsmpirun: --output-dir \/etc\/passwd: ENOTDIR: .* is a file: choose another\)\n$/);
});

t.test("a file of an output directory that cannot be written fails the job, which ends", async (t) => {
  const directory = scratch(t);
  symlinkSync("/dev/full", join(directory, "rank.1.out"));
  const run = async (...words: string[]) => {
    const { code, stderr } = await tsmpirun([
      "-q",
      "-n",
      "2",
      "--output-dir",
      `${directory}:nocopy`,
      ...words,
    ]);
    t.equal(code, 1, words.join(" "));
    t.match(
      stderr,
      /^tsmpirun: the output cannot be written to \S+\/rank\.1\.out: ENOSPC: no space left on device \(make room there[^;\n]*(; stopping [12] others?)?\n$/,
    );
  };
  await run("echo", "x");
  await run("timeout", "20", "yes");
});

t.test("a prompt without a newline is shown while the program waits", async (t) => {
  const run = spawnTsmpirun(["-n", "1", "sh", "-c", "printf 'name? '; read name; echo $name"]);
  const [prompt] = (await once(run.stdout, "data")) as [Buffer];
  t.equal(prompt.toString(), "name? ");
  run.stdin.end("me\n");
  const [answer] = (await once(run.stdout, "data")) as [Buffer];
  t.equal(answer.toString(), "me\n");
  await once(run, "close");
});

t.test("a shell script in a rank can open its own standard output", async (t) => {
  const { stdout, stderr } = await tsmpirun([
    "-n",
    "1",
    "sh",
    "-c",
    "echo o > /dev/stdout; echo e > /dev/stderr",
  ]);
  t.same([stdout, stderr], ["o\n", "e\n"]);
});

t.test("a hundred megabytes go through unchanged, through standard input and output", async (t) => {
  const run = spawnTsmpirun(["-n", "1", "cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [sent, received] = [createHash("sha1"), createHash("sha1")];
  const block = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) >> 5));
  run.stdout.on("data", (chunk: Buffer) => received.update(chunk));
  for (let blocks = 0; blocks < 100; blocks++) {
    block[0] = blocks;
    sent.update(block);
    if (!run.stdin.write(Buffer.from(block))) await once(run.stdin, "drain");
  }
  run.stdin.end();
  t.same(await once(run, "close"), [0, null]);
  t.equal(received.digest("hex"), sent.digest("hex"));
});

t.test("a slow reader slows the ranks, and the launcher's memory stays flat", async (t) => {
  const total = 300_000_000;
  const run = spawnTsmpirun(["-n", "2", NODE, join(FIXTURES, "flood.js"), String(total)]);
  await once(run.stdout, "readable"); // and nobody reads on
  const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${run.pid}/io`, "utf8"))![1]);
  let last = -1;
  await until(() => last === (last = written()) && last > 0, 5);
  const megabytes =
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${run.pid}/status`, "utf8"))![1]) / 1024;
  t.ok(megabytes < 120, `${megabytes} MB`);
  run.kill("SIGTERM");
  run.stdout.resume();
  t.same(await once(run, "close"), [143, null]);
});

t.test("a reader that goes away ends the job as SIGPIPE would, in silence", async (t) => {
  const run = spawnTsmpirun(["-n", "2", "yes"]);
  let errors = "";
  run.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(run.stdout, "data");
  run.stdout.destroy();
  t.same(await once(run, "close"), [141, null]);
  t.equal(errors, "");
});

t.test("everything a rank has written is there before the launcher ends", async (t) => {
  const { stdout } = await tsmpirun(["-n", "2", NODE, join(FIXTURES, "flood.js"), "5000000"]);
  t.equal(stdout.length, 10_000_000);
});
