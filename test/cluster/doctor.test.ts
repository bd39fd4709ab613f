/** What `tsmpirun doctor` says of hosts. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { nothingLeft, tsmpirunOn } from "../support/cluster-job.js";

const skip = whyNoCluster();

t.test("hosts that are well are shown side by side, and the exit code says so", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  const { code, stdout, stderr } = await tsmpirunOn(farm, "head", ["doctor", "-H", "node01,node02,node03"]);
  t.equal(code, 0, stderr);
  for (const host of farm.hosts) t.match(stdout, new RegExp(`^${host} +[\\d.]+ s +[\\d.]+ .* yes$`, "m"));
  t.match(stdout, /all 3 hosts are fit for jobs\n$/);
  await nothingLeft(t, farm);
});

t.test("each fault has its remedy: a name, a firewall, a silent host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  await farm.sh(
    "node01",
    "nft 'add table inet t; add chain inet t i { type filter hook input priority 0; }; add rule inet t i ip saddr 10.77.0.2 drop'",
  );
  await farm.cut("node03");
  const hosts = "node01,node02,node03,nosuchhost";
  const args = ["doctor", "--connect-timeout", "8", "-H", hosts];
  const { code, stdout } = await tsmpirunOn(farm, "head", args);
  t.equal(code, 1);
  t.match(stdout, /^nosuchhost +no$/m);
  t.match(stdout, /nosuchhost: .*name does not resolve; check its spelling/);
  t.match(stdout, /node02 cannot connect to node01: open all TCP ports/);
  t.match(stdout, /^node03 +no$/m);
  t.notMatch(stdout, /fit for jobs/);
});

t.test("a program is none of a doctor's business", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 1 });
  const { code, stderr } = await tsmpirunOn(farm, "head", ["doctor", "hostname"]);
  t.equal(code, 2);
  t.match(stderr, /tsmpirun doctor starts no program: leave hostname out/);
  t.match(
    (await tsmpirunOn(farm, "head", ["doctor", "-H", "node01"])).stdout,
    /\nthe host is fit for jobs\n$/,
  );
});
