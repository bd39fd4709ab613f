/** Who computes, or has been stopped, is not dead. */
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { startTsmpirunOn, tsmpirunOn } from "../support/cluster-job.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { LONG } from "./matrix.js";

/** Longer than anything waits for a sign of life. */
const SECONDS = 15;
const PROGRAM = [NODE, join(FIXTURES, "faults/patience.js")];
const skip = whyNoCluster() || (!LONG && "takes long: npm run test:long");

t.test("a rank that says nothing is not taken for dead", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });

  await t.test("when it computes", async (t) => {
    const job = ["-H", "node01,node02,node03", ...PROGRAM, String(SECONDS)];
    const { code, stdout, stderr } = await tsmpirunOn(farm, "head", job);
    t.equal(code, 0, stderr);
    t.match(stdout, /together again\n$/);
  });

  await t.test("when it is stopped, and continued later", async (t) => {
    const { child } = startTsmpirunOn(farm, "head", ["-H", "node01,node02,node03", ...PROGRAM, "0.5"]);
    child.stdin.end();
    const [pid] = (await once(child.stdout, "data")) as [Buffer];
    await farm.run("node02", ["kill", "-STOP", pid.toString().trim()]);
    await delay(SECONDS * 1e3); // it is time itself that must not matter
    t.equal(child.exitCode, null);
    await farm.run("node02", ["kill", "-CONT", pid.toString().trim()]);
    t.same(await once(child, "close"), [0, null]);
  });
});
