/** Whoever dies, nothing is left on any host, and who is still there says what happened. */
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startFarm, whyNoCluster, type Farm } from "../support/cluster.js";
import type { FarmProcess } from "../support/cluster-process.js";
import { nothingLeft, startTsmpirunOn } from "../support/cluster-job.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { unlessSlow } from "../support/slow.js";

// test/faults/farm.test.ts kills the same things faster.
const skip = whyNoCluster() || unlessSlow.skip;
const STAY = join(FIXTURES, "cluster/stay.js");

interface End {
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts a job that stays, two ranks on each host, and calls `harm` when all of them are there. */
async function harmed(
  farm: Farm,
  harm: (launcher: FarmProcess) => unknown,
  args: readonly string[] = ["-H", farm.hosts.map((host) => `${host}:2`).join(",")],
): Promise<End> {
  const launcher = startTsmpirunOn(farm, "head", [...args, NODE, STAY]);
  const { child } = launcher;
  let here = 0;
  let stderr = "";
  child.stdin.end();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    here += chunk.split("here").length - 1;
    if (here === 2 * farm.hosts.length) void harm(launcher);
  });
  await once(child, "close");
  return { code: child.exitCode, stderr };
}

/** Kills the processes of a host whose command lines match. */
const killOn = (farm: Farm, host: string, pattern: string) => farm.sh(host, `pkill -KILL -f '${pattern}'`);

t.test("over ssh", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  const lost = (t: Test, { code, stderr }: End) => {
    t.equal(code, 1);
    t.equal(stderr.split("\n").filter((line) => line.startsWith("tsmpirun: ")).length, 1, stderr);
    t.match(stderr, /node02/);
  };

  await t.test("the launcher", async (t) => {
    await harmed(farm, (launcher) => launcher.kill("SIGKILL"));
    await nothingLeft(t, farm);
  });

  await t.test("the launcher, while it waits for a host", async (t) => {
    await farm.sh(
      "node03",
      "nft 'add table inet t; add chain inet t i { type filter hook input priority 0; policy drop; }'",
    );
    const launcher = startTsmpirunOn(farm, "head", ["-v", "-H", "node01,node02,node03", NODE, STAY]);
    let connected = 0;
    launcher.child.stdin.end();
    launcher.child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      connected += chunk.split("is connected").length - 1;
      if (connected === 2) launcher.kill("SIGKILL");
    });
    await once(launcher.child, "close");
    await nothingLeft(t, farm);
    await farm.sh("node03", "nft 'delete table inet t'");
  });

  await t.test("an agent", async (t) => {
    lost(t, await harmed(farm, () => killOn(farm, "node02", "[t]smpi-agent")));
    await nothingLeft(t, farm);
  });

  await t.test("a rank", async (t) => {
    const { code, stderr } = await harmed(farm, () => farm.sh("node03", "pkill -KILL -o -f '[s]tay.js'"));
    t.equal(code, 137);
    t.match(stderr, /^tsmpirun: rank 4 on node03 \(pid \d+\) was killed by SIGKILL/);
    await nothingLeft(t, farm);
  });

  await t.test("an ssh: the job ends with it, and its host is named", async (t) => {
    const { code, stderr } = await harmed(farm, () => killOn(farm, "head", "^[s]sh .*node02"));
    t.equal(code, 1);
    t.match(stderr, /node02/);
    await nothingLeft(t, farm);
  });

  await t.test("the network of a host", async (t) => {
    lost(t, await harmed(farm, () => farm.cut("node02")));
    // It cannot tell anybody, and cleans up all the same.
    await nothingLeft(t, farm, ["head", "node01", "node03"]);
    await t.test("also there", async (t) => {
      await farm.sh("node02", "pkill -f 'sshd: [r]oot' || :"); // sshd waits for its client for hours
      await nothingLeft(t, farm, ["node02"]);
    });
    await farm.join("node02");
  });

  await t.test("a host, with its kernel", async (t) => {
    lost(t, await harmed(farm, () => farm.crash("node02")));
    await nothingLeft(t, farm, ["head", "node01", "node03"]);
    await farm.boot("node02");
  });

  await t.test("a host, whose kernel says so", async (t) => {
    lost(t, await harmed(farm, () => farm.kill("node02")));
    await nothingLeft(t, farm, ["head", "node01", "node03"]);
    await farm.boot("node02");
  });
});
