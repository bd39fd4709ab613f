import { spawnSync } from "node:child_process";
import t from "tap";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { LaunchProblem } from "@tsmpi/launcher";
import { TSMPIRUN } from "../support/paths.js";
import { scratch } from "./scratch.js";
import {
  baseDirectories,
  createJobDirectory,
  directoryPrefix,
  holdsSockets,
} from "@tsmpi/launcher/agent/directory";
import { sweepLeftovers } from "@tsmpi/launcher/agent/leftovers";

t.test("a job directory belongs to its user alone", async (t) => {
  const { path, jobId } = createJobDirectory([scratch(t)]);
  t.equal(statSync(path).mode & 0o777, 0o700);
  t.ok(path.endsWith(jobId));
});

t.test("a directory that somebody else has made is never used", async (t) => {
  const [taken, free] = [scratch(t), scratch(t)];
  mkdirSync(join(taken, `${directoryPrefix()}guessed`));
  const { path } = createJobDirectory([taken, free], () => "guessed");
  t.equal(path, join(free, `${directoryPrefix()}guessed`));
  t.same(readdirSync(join(taken, `${directoryPrefix()}guessed`)), []);
});

t.test("a link in the place of the directory is never followed", async (t) => {
  const [base, elsewhere] = [scratch(t), scratch(t)];
  symlinkSync(elsewhere, join(base, `${directoryPrefix()}guessed`));
  t.throws(() => createJobDirectory([base], () => "guessed"), LaunchProblem);
  t.same(readdirSync(elsewhere), []);
});

t.test("a host that the job has by other names is told apart from one without a place", async (t) => {
  const bases = [scratch(t), scratch(t)];
  for (const base of bases) mkdirSync(join(base, `${directoryPrefix()}job`));
  t.throws(() => createJobDirectory(bases, () => "job"), {
    exitCode: 2,
    message: /is in this job by 2 other names already; name each host once, with all its slots$/,
  });
});

t.test("a directory whose sockets would have too long names is passed over", async (t) => {
  const base = scratch(t);
  const long = join(base, "x".repeat(100));
  mkdirSync(long);
  t.ok(createJobDirectory([long, base]).path.startsWith(join(base, directoryPrefix())));
  t.equal(holdsSockets("/".padEnd(98, "x")), true);
  t.equal(holdsSockets("/".padEnd(99, "x")), false);
});

t.test("a relative TMPDIR where the working directory is gone is passed over", async (t) => {
  const gone = scratch(t);
  const script = 'cd "$0" && rmdir "$0" && TMPDIR=here exec "$@"';
  const words = [process.execPath, TSMPIRUN, "--wdir", "/", "-n", "1", "echo", "x"];
  const { stdout, stderr } = spawnSync("env", ["-u", "NODE_OPTIONS", "sh", "-c", script, gone, ...words], {
    encoding: "utf8",
  });
  t.same([stdout, stderr], ["x\n", ""]);
});

t.test("what the user chose comes first, then memory; what Slurm sets is nobody's choice", (t) => {
  const before = { ...process.env };
  t.teardown(() => {
    delete process.env["SLURM_JOB_ID"];
    Object.assign(process.env, before);
  });
  const bases = (TMPDIR: string | undefined, SLURM_JOB_ID: string | undefined) => {
    delete process.env["TMPDIR"];
    delete process.env["SLURM_JOB_ID"];
    if (TMPDIR !== undefined) process.env["TMPDIR"] = TMPDIR;
    if (SLURM_JOB_ID !== undefined) process.env["SLURM_JOB_ID"] = SLURM_JOB_ID;
    return baseDirectories();
  };
  t.same(bases("/scratch", undefined), ["/scratch", "/dev/shm", "/tmp"]);
  t.same(bases("/scratch", "1"), ["/scratch", "/dev/shm", "/tmp"]);
  t.same(bases("/tmp", undefined), ["/tmp", "/dev/shm"]);
  t.same(bases("/tmp", "1"), ["/dev/shm", "/tmp"]);
  t.same(bases(undefined, undefined), ["/dev/shm", "/tmp"]);
  t.end();
});

t.test("no place at all is an error that names the places and the remedy", async (t) => {
  t.throws(() => createJobDirectory(["/nonexistent"]), { message: /\/nonexistent \(ENOENT\).*TMPDIR/ });
});

t.test("only directories of dead launchers are swept", async (t) => {
  const base = scratch(t);
  const { path: alive } = createJobDirectory([base]);
  const dead = join(base, `${directoryPrefix()}dead`);
  const starting = join(base, `${directoryPrefix()}starting`);
  const forgotten = join(base, `${directoryPrefix()}forgotten`);
  for (const path of [dead, starting, forgotten]) mkdirSync(path);
  writeFileSync(join(dead, "owner"), `${process.pid} 1 another-boot`);
  utimesSync(forgotten, new Date(0), new Date(0));
  sweepLeftovers([base]);
  t.same(
    [alive, dead, starting, forgotten].map((path) => existsSync(path)),
    [true, false, true, false],
  );
});
