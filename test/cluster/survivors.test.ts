/** Jobs on several hosts that go on without a rank, an agent or a host. */
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startFarm, whyNoCluster, type Farm } from "../support/cluster.js";
import { nothingLeft, startTsmpirunOn } from "../support/cluster-job.js";
import { FIXTURES, NODE } from "../support/paths.js";

const PROGRAM = join(FIXTURES, "survivors/hosts.js");

/** Two ranks on each host; does `harm` when all are there, after which these ranks are to be gone. */
async function goesOn(
  t: Test,
  farm: Farm,
  gone: readonly number[],
  line: RegExp,
  harm: () => unknown,
): Promise<void> {
  const size = 2 * farm.hosts.length;
  const living = Array.from({ length: size }, (_, rank) => rank).filter((rank) => !gone.includes(rank));
  const hosts = farm.hosts.map((host) => `${host}:2`).join(",");
  const options = ["--on-failure", "continue", "--timeout", "60", "-H", hosts];
  const { child } = startTsmpirunOn(farm, "head", [...options, NODE, PROGRAM, String(living.length)]);
  let [stdout, stderr, struck] = ["", "", false];
  child.stdin.end();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (struck || stdout.split("here").length - 1 < size) return;
    struck = true;
    void harm();
  });
  await once(child, "close");
  t.equal(child.exitCode, 0, stderr);
  t.match(stderr, line);
  const sum = living.reduce((a, b) => a + b, 0);
  for (const rank of living)
    t.match(stdout, `rank ${rank}: ${living.length} left, sum ${sum}, 3, failed ${gone.join(",")}\n`);
}

t.test("a job on several hosts goes on (58)", { skip: whyNoCluster() }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });

  await t.test("without a rank that is killed", async (t) => {
    const line = /^tsmpirun: rank 4 on node03 \(pid \d+\) was killed by SIGKILL .*; 5 others go on$/m;
    await goesOn(t, farm, [4], line, () => farm.sh("node03", "pkill -KILL -o -f '[s]urvivors/hosts.js'"));
    await nothingLeft(t, farm);
  });

  await t.test("without a host whose agent is killed", async (t) => {
    const line = /^tsmpirun: host node02 was lost with ranks 2-3: .*; 4 others go on$/m;
    await goesOn(t, farm, [2, 3], line, () => farm.sh("node02", "pkill -KILL -f '[t]smpi-agent'"));
    await nothingLeft(t, farm);
  });

  await t.test("without a host that is gone with its kernel", async (t) => {
    const line = /^tsmpirun: host node02 was lost with ranks 2-3: .*; 4 others go on$/m;
    await goesOn(t, farm, [2, 3], line, () => farm.crash("node02"));
    await nothingLeft(t, farm, ["head", "node01", "node03"]);
    await farm.boot("node02");
  });
});
