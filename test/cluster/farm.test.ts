/** The farm itself: what its hosts share, and what they do not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { ROOT } from "../support/paths.js";

const skip = whyNoCluster();

t.test(
  "hosts have names, addresses, /tmp and /dev/shm of their own, and share the rest",
  { skip },
  async (t) => {
    const farm = await startFarm(t, { hosts: 3 });
    t.same(farm.hosts, ["node01", "node02", "node03"]);
    for (const host of farm.hosts) {
      t.equal((await farm.run("head", ["ssh", host, "hostname"])).stdout, `${host}\n`);
    }
    await farm.sh("node01", "touch /tmp/one /dev/shm/two ~/three");
    t.same(farm.traces("node01"), { processes: [], files: ["/tmp/one", "/dev/shm/two"] });
    t.same(farm.traces("node02"), { processes: [], files: [] });
    t.same(farm.traces("head"), { processes: [], files: [] });
    await farm.sh("node02", "test -e ~/three");
    await farm.sh("node02", `test -e ${ROOT}/package.json`);
  },
);

t.test("a signal reaches the process, and what it leaves is seen", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 1 });
  const { code } = await farm.run(
    "node01",
    ["sh", "-c", "trap 'exit 3' USR1; echo; while :; do sleep 0.01; done"],
    {
      onStart: ({ child, kill }) => child.stdout.once("data", () => kill("SIGUSR1")),
    },
  );
  t.equal(code, 3);
  await farm.sh("node01", "sleep 1000 >/dev/null 2>&1 &");
  t.same(farm.traces("node01").processes, ["sleep 1000"]);
});

t.test("a cut host is silent, a killed one refuses, and both come back", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const ssh = (host: string) => farm.run("head", ["ssh", "-o", "ConnectTimeout=1", host, "hostname"]);
  await farm.cut("node01");
  t.match((await ssh("node01")).stderr, /timed out/);
  await farm.join("node01");
  t.equal((await ssh("node01")).stdout, "node01\n");
  await farm.kill("node02");
  t.match((await ssh("node02")).stderr, /refused/);
  await farm.boot("node02");
  t.equal((await ssh("node02")).stdout, "node02\n");
  await farm.crash("node02");
  t.match((await ssh("node02")).stderr, /timed out/);
  await farm.boot("node02");
  t.equal((await ssh("node02")).stdout, "node02\n");
});

t.test("a farm ends with the process that made it, whatever ends that", { skip }, async (t) => {
  const program = `
    const { bringUp } = await import(${JSON.stringify(`${ROOT}/build/test/support/cluster.js`)});
    const farm = await bringUp({ hosts: 2 });
    process.stdout.write(farm.directory);
    setInterval(() => {}, 1000);
  `;
  const maker = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = (await once(maker.stdout, "data")) as [Buffer];
  const directory = chunk.toString();
  t.ok(existsSync(directory), "it is up");
  maker.kill("SIGKILL");
  const left = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name) && mentions(name, directory));
  // The last of its processes is the one that removes the directory.
  while (existsSync(directory) || left().length > 0) await delay(10);
  t.pass("nothing of it is left");
});

t.test("Slurm runs a job on every host", { skip: whyNoCluster({ slurm: true }) }, async (t) => {
  const farm = await startFarm(t, { hosts: 3, slurm: true });
  const { stdout, stderr } = await farm.run("head", ["srun", "-N3", "hostname"]);
  t.same(stdout.trim().split("\n").sort(), ["node01", "node02", "node03"], stderr);
});

function mentions(pid: string, word: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
  } catch {
    return false;
  }
}
