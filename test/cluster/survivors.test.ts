/** Jobs on several hosts that go on without a rank, an agent or a host. */
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startFarm, whyNoCluster, type Farm } from "../support/cluster.js";
import type { FarmProcess } from "../support/cluster-process.js";
import { nothingLeft, startTsmpirunOn } from "../support/cluster-job.js";
import { FIXTURES, NODE, TSMPIRUN } from "../support/paths.js";
import { unlessSlow } from "../support/slow.js";

const PROGRAM = join(FIXTURES, "survivors/hosts.js");

/** How hosts are got and reached. An allocation ends with a lost host unless `--no-kill` was said. */
type Way = "ssh" | "slurm";

function startOn(farm: Farm, way: Way, program: readonly string[]): FarmProcess {
  const options = ["--on-failure", "continue", "--timeout", "60"];
  if (way === "ssh") {
    const hosts = farm.hosts.map((host) => `${host}:2`).join(",");
    return startTsmpirunOn(farm, "head", [...options, "-H", hosts, ...program]);
  }
  const salloc = ["salloc", "--quiet", "--no-kill", `-N${farm.hosts.length}`, "--ntasks-per-node=2"];
  return farm.start("head", [...salloc, NODE, TSMPIRUN, ...options, ...program]);
}

/** Until Slurm itself has noticed, half a minute later, and has ended what it would end for that. */
async function untilDown(farm: Farm, host: string): Promise<void> {
  await farm.sh("head", `until sinfo -h -N -n ${host} -o %T | grep -q down; do sleep 0.2; done`);
}

/** Two ranks on each host; does `harm` when all are there, after which these ranks are to be gone. */
async function goesOn(
  t: Test,
  farm: Farm,
  way: Way,
  gone: readonly number[],
  line: RegExp,
  harm: () => unknown,
): Promise<void> {
  const size = 2 * farm.hosts.length;
  const living = Array.from({ length: size }, (_, rank) => rank).filter((rank) => !gone.includes(rank));
  const { child } = startOn(farm, way, [NODE, PROGRAM, String(living.length)]);
  let [stdout, stderr, struck] = ["", "", false];
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (struck || stdout.split("here").length - 1 < size) return;
    struck = true;
    void Promise.resolve(harm()).then(() => child.stdin.end());
  });
  await once(child, "close");
  t.equal(child.exitCode, 0, stderr);
  t.match(stderr, line);
  const sum = living.reduce((a, b) => a + b, 0);
  for (const rank of living)
    t.match(stdout, `rank ${rank}: ${living.length} left, sum ${sum}, 3, failed ${gone.join(",")}\n`);
}

for (const way of ["ssh", "slurm"] as const) {
  const skip = whyNoCluster({ slurm: way === "slurm" });
  t.test(`a job on several hosts reached by ${way} goes on (58)`, { skip }, async (t) => {
    const farm = await startFarm(t, { hosts: 3, slurm: way === "slurm" });

    await t.test("without a rank that is killed", async (t) => {
      const line = /^tsmpirun: rank 4 on node03 \(pid \d+\) was killed by SIGKILL .*; 5 others go on$/m;
      const harm = () => farm.sh("node03", "pkill -KILL -o -f '[s]urvivors/hosts.js'");
      await goesOn(t, farm, way, [4], line, harm);
      await nothingLeft(t, farm);
    });

    const lost = /^tsmpirun: host node02 was lost with ranks 2-3: .*; 4 others go on$/m;
    await t.test("without a host whose agent is killed", async (t) => {
      await goesOn(t, farm, way, [2, 3], lost, () => farm.sh("node02", "pkill -KILL -f '[t]smpi-agent'"));
      await nothingLeft(t, farm);
    });

    const unless = way === "slurm" ? unlessSlow : {};
    await t.test("without a host that is gone with its kernel", unless, async (t) => {
      await goesOn(t, farm, way, [2, 3], lost, async () => {
        await farm.crash("node02");
        if (way === "slurm") await untilDown(farm, "node02");
      });
      await nothingLeft(t, farm, ["head", "node01", "node03"]);
      await farm.boot("node02");
    });
  });
}
