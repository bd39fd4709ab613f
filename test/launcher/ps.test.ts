import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { spawnTsmpirun, tsmpirun } from "../support/run.js";

const PROGRAM = join(FIXTURES, "ps.js");

interface Job {
  readonly pid: number;
  readonly programs: readonly string[];
  readonly ranks: readonly {
    readonly rank: number;
    readonly activity: string;
    readonly pending: readonly {
      readonly operation: string;
      readonly peer?: number;
      readonly place: string;
    }[];
    readonly usage: { readonly pid: number; readonly cpuSeconds: number; readonly memoryBytes: number };
  }[];
}

/** Starts a job whose ranks say when they are where they will stay. */
async function startJob(size: number) {
  const launcher = spawnTsmpirun(["-n", String(size), "--timeout", "60", NODE, PROGRAM]);
  const over = once(launcher, "close") as Promise<[number]>;
  const text = { stdout: "", stderr: "" };
  launcher.stderr.on("data", (chunk: Buffer) => (text.stderr += String(chunk)));
  for await (const chunk of launcher.stdout) {
    text.stdout += String(chunk);
    if (text.stdout.split("there\n").length > size) break;
  }
  return { launcher, over, text };
}

/** What is told of this launcher; others of this user may run as well. */
async function observed(pid: number): Promise<Job | undefined> {
  const { stdout } = await tsmpirun(["ps", "--json"]);
  return stdout === "" ? undefined : (JSON.parse(stdout) as Job[]).find((job) => job.pid === pid);
}

t.test("tsmpirun ps says of every rank of several jobs where it is and what it costs", async (t) => {
  const jobs = await Promise.all([startJob(3), startJob(2)]);
  for (const [index, { launcher }] of jobs.entries()) {
    let job: Job | undefined;
    do await delay(100);
    while ((job = await observed(launcher.pid!)) === undefined || job.ranks[1]!.pending.length === 0);
    t.equal(job.ranks.length, 3 - index);
    t.same(job.programs, [`${NODE} ${PROGRAM}`]);
    t.match(job.ranks[0], { activity: "no call yet", pending: [] });
    t.match(job.ranks[1], { activity: "waiting", pending: [{ operation: "irecv", peer: 0 }] });
    t.match(job.ranks[1]!.pending[0]!.place, /ps\.js:5:\d+$/);
    for (const { usage } of job.ranks) {
      t.ok(usage.pid > 0 && usage.cpuSeconds > 0 && usage.memoryBytes > 10 * 2 ** 20, JSON.stringify(usage));
    }
  }
  const { stdout, code } = await tsmpirun(["ps"]);
  t.equal(code, 0);
  const [first] = jobs;
  t.match(stdout, new RegExp(`^tsmpirun ${first!.launcher.pid}, 3 ranks, for \\d+ s: `, "m"));
  t.match(
    stdout,
    /^ {2}1 +\S+ +\d+ +waiting +irecv +0 +any +world +\d+\.\d s +\d+\.\d s +\d+ MiB +\S+ps\.js:5:\d+$/m,
  );
  for (const { launcher } of jobs) launcher.kill("SIGTERM");
  for (const { over } of jobs) t.equal((await over)[0], 143);
});

t.test("SIGQUIT prints where every rank is, then ends the job", async (t) => {
  const { launcher, over, text } = await startJob(2);
  launcher.kill("SIGQUIT");
  t.equal((await over)[0], 131);
  t.match(text.stderr, /^tsmpirun: ended by SIGQUIT:\n {2}rank +host +pid +state/);
  t.match(text.stderr, /^ {2}0 .* no call yet /m);
  t.match(text.stderr, /^ {2}1 .* waiting +irecv +0 /m);
});

t.test("tsmpirun ps takes no program and no other option", async (t) => {
  const { code, stderr } = await tsmpirun(["ps", "-n", "2"]);
  t.equal(code, 2);
  t.match(stderr, "tsmpirun: tsmpirun ps takes nothing but --json: leave -n out");
});
