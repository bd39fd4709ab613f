/** Who does not belong to a job: neither noise nor another user disturbs it, and its secrets stay secret. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { dial, listenForAgents } from "@tsmpi/launcher/link/tls";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { startTsmpirunOn } from "../support/cluster-job.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { Random } from "../support/random.js";
import { spawnTsmpirun } from "../support/run.js";
import { scratch } from "../launcher/scratch.js";
import { barrage } from "./barrage.js";
import { LONG } from "./matrix.js";

t.setTimeout(900_000);

const STREAMS = LONG ? 10_000 : 1_000;
/** Of a process: garbage that nobody has collected yet, and memory that nobody gives back before it is needed. */
const GROWTH_MEBIBYTES = LONG ? 96 : 48;
/** After a collection. A leak of 200 bytes for each of 10 000 streams would be more. */
const LEAK_BYTES = 2 ** 21;
/** Seconds. */
const DEADLINE = "240";
const PROGRAM = [NODE, join(FIXTURES, "faults/besieged.js")];
const root = process.getuid?.() === 0 ? false : "needs root";

/** A job that works until it gets SIGUSR2, and ends with the test at the latest. */
function besieged(t: Test, TMPDIR: string): ChildProcessWithoutNullStreams {
  const launcher = spawnTsmpirun(
    ["-n", "2", "--timeout", DEADLINE, ...PROGRAM],
    { env: { ...process.env, TMPDIR } },
    ["--expose-gc", "--import", join(FIXTURES, "faults/heap.js")],
  );
  t.teardown(() => launcher.kill("SIGKILL"));
  return launcher;
}

/** Resolves when so many lines `ready` have come; `rest` has all lines then and later. */
async function ready(child: ChildProcess, ranks: number): Promise<string[]> {
  const lines: string[] = [];
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (lines.push(line) === ranks) resolve();
    });
  });
  return lines;
}

interface Held {
  readonly bytes: number;
  /** Connections, listeners and pipes. */
  readonly links: number;
}

/** What a launcher holds after a collection, each time one asks. */
function holdings(launcher: ChildProcessWithoutNullStreams): () => Promise<Held> {
  const lines = createInterface({ input: launcher.stderr })[Symbol.asyncIterator]();
  return async () => {
    launcher.kill("SIGWINCH");
    for (;;) {
      const { value } = (await lines.next()) as { value: string };
      const found = /^heap (\d+) links (\d+)$/.exec(value);
      if (found !== null) return { bytes: Number(found[1]), links: Number(found[2]) };
    }
  };
}

function mebibytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function growthOf(lines: readonly string[]): number {
  return Number(/^undisturbed (-?\d+)$/.exec(lines.at(-1) ?? "")?.[1]);
}

t.test(
  `${STREAMS} streams of noise at the sockets and pipes of a job on one machine change nothing`,
  async (t) => {
    const TMPDIR = scratch(t);
    const launcher = besieged(t, TMPDIR);
    const lines = await ready(launcher, 2);
    const held = holdings(launcher);
    const heldBefore = await held();
    const before = mebibytes(launcher.pid!);
    const directory = join(TMPDIR, readdirSync(TMPDIR)[0]!);
    const sockets = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isSocket())
      .map(({ name }) => name);
    t.same(sockets.sort(), ["agent", "ps", "r0", "r1"]);
    await barrage(
      sockets.map((name) => ({ path: join(directory, name) })),
      STREAMS,
      new Random(1),
    );
    const grown = mebibytes(launcher.pid!) - before;
    let heldAfter = await held();
    // Each rank may have opened its own link meanwhile.
    while (heldAfter.links > heldBefore.links + 2) {
      await delay(100); // connections that it has not closed yet
      heldAfter = await held();
    }
    const kept = heldAfter.bytes - heldBefore.bytes;
    launcher.kill("SIGUSR2");
    t.same(await once(launcher, "close"), [0, null]);
    const inUse = (kept / 2 ** 20).toFixed(2);
    t.comment(`MiB more: ranks ${growthOf(lines)}, launcher ${grown.toFixed(0)}, of which ${inUse} in use`);
    t.ok(kept < LEAK_BYTES, `${kept} bytes`);
    t.ok(growthOf(lines) < GROWTH_MEBIBYTES, lines.join("; "));
    t.ok(grown < GROWTH_MEBIBYTES);
  },
);

t.test(`${STREAMS} streams of noise at the port where agents dial back keep nobody out`, async (t) => {
  const job = { jobId: "job", key: "ab".repeat(32) };
  let heard = 0;
  const listening = await listenForAgents(job, (stream) => {
    heard++;
    stream.resume();
  });
  t.teardown(() => listening.close());
  const target = { host: "127.0.0.1", port: listening.port };
  await barrage([target], 200, new Random(2));
  const before = mebibytes(process.pid);
  await barrage([target], STREAMS, new Random(3));
  t.equal(heard, 0);
  t.ok(mebibytes(process.pid) - before < GROWTH_MEBIBYTES);
  const agent = await dial({ ...job, addresses: ["127.0.0.1"], port: listening.port }, 10_000);
  agent.destroy();
  await delay(0);
  t.equal(heard, 1);
});

t.test("another user of the host can neither see, read, reach nor stop a job", { skip: root }, async (t) => {
  const launcher = besieged(t, "/tmp"); // where everybody may look
  const lines = await ready(launcher, 2);
  const directory = readdirSync("/tmp")
    .map((name) => join("/tmp", name))
    .find((path) => isOwnedBy(path, launcher.pid!));
  t.ok(directory, "the job's directory was found");
  t.equal(statSync(directory!).mode & 0o777, 0o700);
  const script = readFileSync(join(FIXTURES, "faults/intruder.js")); // another user may not be able to
  const intrude = async (pid: number, ...user: string[]) => {
    const program = [NODE, "--input-type=module", "-", directory!, String(pid)];
    const intruder = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", ...user, ...program], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    intruder.stdin!.end(script);
    let could = "";
    intruder.stdout!.on("data", (chunk: Buffer) => (could += chunk.toString()));
    await once(intruder, "close");
    return could.split("\n").filter(Boolean).sort();
  };
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  for (const pid of [launcher.pid!, ...childrenOf(launcher.pid!)]) {
    t.same(await intrude(pid, ...nobody), []);
  }
  t.equal(lines.length, 2, "and it goes on");
  const sleeper = spawn("sleep", ["1000"]);
  const everything = [
    "connect to agent",
    "connect to r0",
    "environment",
    "list",
    "look",
    "post",
    "read",
    "stop",
  ];
  t.same(await intrude(sleeper.pid!), everything, "its own user can do all of that");
  t.same(await once(launcher, "close"), [9, null]);
});

t.test(
  "noise at the ports of ranks on several hosts changes nothing, and no secret can be seen",
  { skip: whyNoCluster() },
  async (t) => {
    const farm = await startFarm(t, { hosts: 2 });
    const { child, kill } = startTsmpirunOn(farm, "head", [
      "--timeout",
      DEADLINE,
      "-H",
      "node01,node02",
      ...PROGRAM,
    ]);
    child.stdin.end();
    const lines = await ready(child, 2);

    await t.test("in the words and the environment of no process", async (t) => {
      for (const host of farm.hosts) {
        const all = await farm.sh(
          host,
          "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
        );
        const file = await farm.sh(host, "cat /dev/shm/tsmpi-*/keys 2>/dev/null || cat /tmp/tsmpi-*/keys");
        const keys = Object.values(JSON.parse(file) as Record<string, string>);
        t.equal(keys.length, 2, "the job has a key pair");
        for (const key of keys) t.notOk(all.includes(key), "a key");
        t.notOk(all.includes("eyJqb2JJZCI6"), 'a ticket: what begins with {"jobId": in base64');
        const open = await farm.sh(
          host,
          "find /dev/shm/tsmpi-* /tmp/tsmpi-* -perm /077 ! -type s ! -type l 2>/dev/null || true",
        );
        t.equal(open, "", "files that others may read");
      }
    });

    await t.test(`${STREAMS} streams`, async (t) => {
      const targets: string[] = [];
      for (const host of farm.hosts) {
        const ports = await farm.sh(
          host,
          "ss -ltnH | awk '{print $4}' | sed 's/.*://' | sort -u | grep -vx 22",
        );
        for (const port of ports.trim().split("\n")) targets.push(`${host}:${port}`);
      }
      t.equal(targets.length, 2, "each rank listens on a port of its own");
      const script = `
      const { barrage } = await import(${JSON.stringify(new URL("./barrage.js", import.meta.url).href)});
      const { Random } = await import(${JSON.stringify(new URL("../support/random.js", import.meta.url).href)});
      const targets = process.argv.slice(1).map((target) => ({ host: target.split(":")[0], port: Number(target.split(":")[1]) }));
      await barrage(targets, ${STREAMS}, new Random(4));`;
      const { code, stderr } = await farm.run("head", [
        NODE,
        "--input-type=module",
        "-e",
        script,
        ...targets,
      ]);
      t.equal(code, 0, stderr);
    });

    kill("SIGUSR2");
    t.same(await once(child, "close"), [0, null]);
    t.comment(`MiB more: ${growthOf(lines)}`);
    t.ok(growthOf(lines) < GROWTH_MEBIBYTES, lines.join("; "));
  },
);

function isOwnedBy(path: string, pid: number): boolean {
  const owner = join(path, "owner");
  return existsSync(owner) && readFileSync(owner, "utf8").startsWith(`${pid} `);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}
