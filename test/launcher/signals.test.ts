import t from "tap";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { FIXTURES, NODE, TSMPIRUN } from "../support/paths.js";
import { spawnTsmpirun } from "../support/run.js";
import { mark, namesBelow, processesWith, scratch, until } from "./scratch.js";

/** Starts a launcher; resolves when its ranks have written so many lines. */
async function started(
  args: readonly string[],
  lines: number,
  TMPDIR = "/tmp",
  more: NodeJS.ProcessEnv = {},
): Promise<ChildProcess & { heard: string[] }> {
  const run = spawnTsmpirun([...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR, ...more },
  });
  const heard: string[] = [];
  const reader = createInterface({ input: run.stdout });
  await new Promise<void>((resolve) => {
    reader.on("line", (line) => {
      if (heard.push(line) === lines) resolve();
    });
  });
  return Object.assign(run, { heard });
}

const stubborn = join(FIXTURES, "stubborn.sh");

t.test("SEMANTICS 56: Ctrl-C ends the job with 130, and no rank is blamed", async (t) => {
  const word = mark();
  const run = await started(["-n", "2", "sh", "-c", `echo ready; exec sleep ${word}`], 2);
  run.kill("SIGINT");
  t.same(await once(run, "close"), [130, null]);
  t.same(processesWith(word), []);
});

t.test("Ctrl-C gives INT, then TERM after the grace, then KILL after it again", async (t) => {
  const run = await started(["-n", "1", "--kill-grace", "0.3", stubborn], 1);
  const began = performance.now();
  run.kill("SIGINT");
  t.same(await once(run, "close"), [130, null]);
  t.same(run.heard, ["ready", "INT", "TERM"]);
  t.ok(performance.now() - began > 600);
});

t.test("a second Ctrl-C kills at once", async (t) => {
  const run = await started(["-n", "2", "--kill-grace", "60", stubborn], 2);
  run.kill("SIGINT");
  await until(() => run.heard.includes("INT"), 5);
  await delay(150); // closer together they count as one, which npx passes on twice
  run.kill("SIGINT");
  t.same(await once(run, "close"), [130, null]);
  t.notOk(run.heard.includes("TERM"));
});

t.test("SEMANTICS 56: TERM, HUP and QUIT end the job with their numbers", async (t) => {
  for (const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const) {
    const run = await started(["-n", "2", "sh", "-c", "echo ready; exec sleep 1000"], 2);
    run.kill(signal);
    t.same(await once(run, "close"), [code, null], signal);
  }
});

t.test("signals for the program reach every rank", async (t) => {
  const script = "trap 'echo got; exit 0' USR1 USR2 WINCH; echo ready; while :; do sleep 0.02; done";
  for (const signal of ["SIGUSR1", "SIGUSR2", "SIGWINCH"] as const) {
    const run = await started(["-n", "2", "sh", "-c", script], 2);
    run.kill(signal);
    t.same(await once(run, "close"), [0, null], signal);
    t.same(run.heard, ["ready", "ready", "got", "got"]);
  }
});

t.test("--forward-signals says which signals are passed on", async (t) => {
  const script =
    "trap 'echo got' USR1 WINCH; trap 'echo end; exit 0' USR2; echo ready; while :; do sleep 0.02; done";
  const run = await started(["-n", "1", "--forward-signals", "winch,SIGUSR2", "sh", "-c", script], 1);
  run.kill("SIGUSR1");
  run.kill("SIGWINCH");
  await until(() => run.heard.includes("got"), 5);
  run.kill("SIGUSR2");
  t.same(await once(run, "close"), [0, null]);
  t.same(run.heard, ["ready", "got", "end"]);
});

t.test("Ctrl-Z stops launcher and ranks, and CONT wakes them", async (t) => {
  const run = await started(["-n", "1", "sh", "-c", "echo $$; exec sleep 1000"], 1);
  const state = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  const rank = Number(run.heard[0]);
  run.kill("SIGTSTP");
  await until(() => state(run.pid!) === "T" && state(rank) === "T", 5);
  run.kill("SIGCONT");
  await until(() => state(run.pid!) !== "T" && state(rank) !== "T", 5);
  run.kill("SIGTERM");
  t.same(await once(run, "close"), [143, null]);
});

t.test("who stops ranks wakes them, whatever else is passed on", async (t) => {
  const words = ["--forward-signals", "TSTP", "sh", "-c", "echo $$; sleep 1; echo done"];
  const run = await started(["-n", "1", ...words], 1);
  const rank = Number(run.heard[0]);
  const isStopped = (pid: number) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  run.kill("SIGTSTP");
  // The launcher stops after its ranks: if it were woken before, nobody would wake it then.
  await until(() => isStopped(rank) && isStopped(run.pid!), 5);
  run.kill("SIGCONT");
  await until(() => run.heard.includes("done"), 10).catch(() => {});
  run.kill("SIGTERM");
  await once(run, "close");
  t.equal(run.heard[1], "done");
});

t.test("a launcher that is killed leaves no process and no file", async (t) => {
  const word = mark();
  const TMPDIR = scratch(t);
  const script = `setsid sleep ${word} & sleep ${word} & echo ready; exec "${NODE}" "${join(FIXTURES, "spin.js")}" ${word}`;
  const run = await started(["-n", "2", "sh", "-c", script], 4, TMPDIR);
  t.ok(processesWith(word).length >= 6);
  t.not(namesBelow(TMPDIR).length, 0);
  run.kill("SIGKILL");
  await until(() => processesWith(word).length === 0 && namesBelow(TMPDIR).length === 0, 10);
});

t.test("nor does one whose PATH is empty", async (t) => {
  const word = mark();
  const TMPDIR = scratch(t);
  const run = await started(["-n", "2", "/bin/sh", "-c", `echo ready; exec /bin/sleep ${word}`], 2, TMPDIR, {
    PATH: "",
  });
  run.kill("SIGKILL");
  await until(() => processesWith(word).length === 0 && namesBelow(TMPDIR).length === 0, 10);
});

t.test("a launcher inside a rank does not outlive the outer one", async (t) => {
  const word = mark();
  const TMPDIR = scratch(t);
  const inner = `"${NODE}" "${TSMPIRUN}" -n 2 sh -c 'echo ready; exec sleep ${word}'`;
  const run = await started(["-n", "1", "sh", "-c", inner], 2, TMPDIR);
  run.kill("SIGKILL");
  await until(() => processesWith(word).length === 0 && namesBelow(TMPDIR).length === 0, 10);
});

t.test("a terminated job leaves nothing, not even processes with sessions of their own", async (t) => {
  const word = mark();
  const TMPDIR = scratch(t);
  const script = `trap '' TERM; setsid sh -c 'trap "" TERM; sleep ${word}' & echo ready; while :; do sleep 0.05; done`;
  const run = await started(["-n", "2", "--kill-grace", "0.2", "sh", "-c", script], 2, TMPDIR);
  run.kill("SIGTERM");
  t.same(await once(run, "close"), [143, null]);
  t.same(processesWith(word), []);
  t.same(namesBelow(TMPDIR), []);
});

t.test("the same signal twice at once counts as one, as `timeout` and npx send it", async (t) => {
  const run = await started(["-n", "1", "--kill-grace", "0.3", stubborn], 1);
  run.kill("SIGTERM");
  await delay(5);
  run.kill("SIGTERM");
  t.same(await once(run, "close"), [143, null]);
  t.same(run.heard, ["ready", "TERM"]);
});

t.test("HUP means nothing to a launcher under nohup", async (t) => {
  const script = "trap 'echo got; exit 0' USR1; echo ready; while :; do sleep 0.02; done";
  const run = await started(["-n", "1", "sh", "-c", script], 1, "/tmp", { _: "/usr/bin/nohup" });
  run.kill("SIGHUP");
  run.kill("SIGUSR1");
  t.same(await once(run, "close"), [0, null]);
  t.same(run.heard, ["ready", "got"]);
});

t.test("nor to one in a script that ignores it", async (t) => {
  const loop = "trap 'echo got; exit 0' USR1; echo $PPID; while :; do sleep 0.02; done";
  const script = `trap "" HUP; env -u NODE_OPTIONS "$0" "$@"; echo "ended with $?"`;
  const shell = spawn("sh", ["-c", script, NODE, TSMPIRUN, "-n", "1", "sh", "-c", loop], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const heard: string[] = [];
  createInterface({ input: shell.stdout }).on("line", (line) => heard.push(line));
  await until(() => heard.length > 0, 10);
  process.kill(Number(heard[0]), "SIGHUP");
  process.kill(Number(heard[0]), "SIGUSR1");
  await once(shell, "close");
  t.same(heard.slice(1), ["got", "ended with 0"]);
});
