/** A host is lost while its ranks wait for somebody to read what they write. */
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { startTsmpirunOn } from "../support/cluster-job.js";

/** Longer than a link may be silent, and what comes after it. */
const SECONDS = 20;

t.test("ranks whose output nobody takes end with their link", { skip: whyNoCluster() }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const { child, kill } = startTsmpirunOn(farm, "head", ["-H", "node01,node02", "yes"]);
  child.stdin.end();
  // Nobody reads: all buffers on the way fill, and at last `yes` waits.
  const written = () => farm.sh("node02", "cat /proc/$(pgrep -x yes)/io | grep wchar").catch(() => "");
  for (let before = "", now = ""; now === "" || now !== before; await delay(300)) {
    before = now;
    now = await written();
  }
  await farm.cut("node02");
  const left = () => farm.traces("node02").processes.filter((words) => !words.startsWith("sshd"));
  const deadline = performance.now() + SECONDS * 1e3;
  while (left().length > 0 && performance.now() < deadline) await delay(100);
  t.same(left(), [], "nothing is left on the lost host");
  child.stdout.resume();
  kill("SIGKILL");
});
