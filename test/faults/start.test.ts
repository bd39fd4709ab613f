/** What can go wrong on one machine before the first rank runs. */
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { checkProcesses, processRoom } from "@tsmpi/launcher/agent/room";
import { namesBelow, scratch } from "../launcher/scratch.js";
import { FIXTURES, NODE, ROOT, TSMPIRUN } from "../support/paths.js";
import { spawnTsmpirun } from "../support/run.js";

t.test("a signal that comes while a job is being prepared ends it in order", async (t) => {
  const directory = scratch(t);
  const TMPDIR = join(directory, "tmp");
  mkdirSync(TMPDIR);
  // What makes the job's pipes stands for a moment in which the launcher waits.
  writeFileSync(join(directory, "mkfifo"), '#!/bin/sh\nkill -TERM "$PPID"\nexec /usr/bin/mkfifo "$@"\n');
  chmodSync(join(directory, "mkfifo"), 0o755);
  const PATH = `${directory}:${process.env["PATH"]}`;
  const launcher = spawnTsmpirun(["-n", "2", "echo", "started"], { env: { ...process.env, TMPDIR, PATH } });
  let stdout = "";
  launcher.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  t.same(await once(launcher, "close"), [143, null]);
  t.equal(stdout, "");
  t.same(namesBelow(TMPDIR), []);
});

t.test("under nohup, a hangup while a job is being prepared means nothing", async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, "mkfifo"), '#!/bin/sh\nkill -HUP "$PPID"\nexec /usr/bin/mkfifo "$@"\n');
  chmodSync(join(directory, "mkfifo"), 0o755);
  const env = { ...process.env, PATH: `${directory}:${process.env["PATH"]}`, _: "/usr/bin/nohup" };
  const launcher = spawnTsmpirun(["-n", "2", "true"], { env });
  t.same(await once(launcher, "close"), [0, null]);
});

t.test("an agent that is ended while another is waited for says so", async (t) => {
  const agent = `sh -c '[ "$0" = node02 ] && exec sleep 1000; exec "$@"'`;
  const launcher = spawnTsmpirun(["-v", "-H", "node01,node02", "--rsh-agent", agent, "true"]);
  let stderr = "";
  launcher.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    const pid = Number(/is connected \(agent (\d+)\)/.exec(chunk.toString())?.[1]);
    if (pid > 0) process.kill(pid, "SIGTERM");
  });
  t.same(await once(launcher, "close"), [1, null]);
  t.match(
    stderr,
    /: host node01 was lost while the job was starting: its agent was told to end \(SIGTERM\)\n/,
  );
});

t.test("a signal that comes in the very moment a job has been prepared reaches the running job", (t) => {
  // In a process of its own: who else listens to a signal here would keep it.
  const script = `
    import { untilInterrupted } from "@tsmpi/launcher/starters/interruption";
    const interruption = untilInterrupted();
    process.kill(process.pid, "SIGTERM"); // caught at once by some thread, heard in another turn
    for (const until = Date.now() + 50; Date.now() < until; );
    interruption.ignore();
    process.once("SIGTERM", () => process.exit(7));
    setTimeout(() => {}, 500);`;
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { status } = spawnSync(NODE, ["--input-type=module", "-e", script], { cwd: ROOT, env });
  t.equal(status, 7);
  t.end();
});

t.test("a name server that does not answer is not waited for in silence", { skip: noMounts() }, async (t) => {
  const silent = createSocket("udp4");
  silent.bind(53, "127.0.0.77");
  await once(silent, "listening");
  t.teardown(() => silent.close());
  const file = join(scratch(t), "resolv.conf");
  writeFileSync(file, "nameserver 127.0.0.77\n");
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  const words = ["--mount", "sh", "-c", script, file, NODE, TSMPIRUN];
  const agent = ["--rsh-agent", join(FIXTURES, "rsh.sh")];
  const shell = spawn("/usr/bin/env", [
    "-u",
    "NODE_OPTIONS",
    "unshare",
    ...words,
    "-H",
    "node01",
    ...agent,
    "true",
  ]);
  let stderr = "";
  shell.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  t.same(await once(shell, "close"), [0, null]);
  t.match(stderr, /^tsmpirun: looking up the name node01 for 5 s; is there a name server that answers\?\n/);
});

t.test("a full file system is passed over, and nothing is left on it", { skip: noMounts() }, async (t) => {
  const directory = scratch(t);
  const script = `
    mount -t tmpfs -o size=4k tmpfs "$0" && head -c 4096 /dev/zero > "$0/full"
    TMPDIR="$0" "$@" && ls "$0"`;
  const words = ["--mount", "sh", "-c", script, directory, NODE, TSMPIRUN, "-n", "2", "echo", "ran"];
  const shell = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", "unshare", ...words]);
  let stdout = "";
  shell.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  t.same(await once(shell, "close"), [0, null]);
  t.equal(stdout, "ran\nran\nfull\n");
});

t.test(
  "a file system that takes no socket is one error, and nothing is left",
  { skip: noMounts() },
  async (t) => {
    const directory = scratch(t);
    const script = `
    mount -t tmpfs -o nr_inodes=3 tmpfs "$0"
    TMPDIR="$0" "$@"; echo "$?"; ls "$0"`;
    const words = ["--mount", "sh", "-c", script, directory, NODE, TSMPIRUN, "-n", "2", "echo", "ran"];
    const shell = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", "unshare", ...words]);
    const text = { stdout: "", stderr: "" };
    shell.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
    shell.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
    await once(shell, "close");
    t.match(text, {
      stdout: "1\n",
      stderr: /^tsmpirun: no socket can be made in \S+ \(ENOSPC\): make room there, or set TMPDIR .*\n$/,
    });
  },
);

t.test("a control group without room for the ranks is an error with the remedy", (t) => {
  const ranks = ["/usr/bin/node", "/usr/bin/node", "/bin/sh"];
  t.throws(() => checkProcesses(ranks, 14), {
    exitCode: 1,
    message: /^3 ranks need 15 processes and threads or more, .* has room for 14: .*pids\.max/,
  });
  t.doesNotThrow(() => checkProcesses(ranks, 15));
  t.ok(processRoom() > 0, "this machine's own limit");
  t.end();
});

function noMounts(): string | false {
  const allowed = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;
  return allowed ? false : "needs root and namespaces";
}
