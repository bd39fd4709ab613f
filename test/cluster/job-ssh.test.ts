/** Jobs over hosts that are reached by ssh. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { hostfile, hostsOf, nothingLeft, tsmpirunOn, WHERE } from "../support/cluster-job.js";
import { NODE } from "../support/paths.js";
import { SLOW } from "../support/slow.js";

const skip = whyNoCluster();

t.test("a hostfile's hosts run a job", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 4 });
  const file = await hostfile(
    farm,
    farm.hosts.map((host) => `${host} slots=2`),
  );

  await t.test("from a host that takes no part", async (t) => {
    const outcome = await tsmpirunOn(farm, "head", ["--hostfile", file, NODE, WHERE]);
    t.same(
      hostsOf(outcome),
      farm.hosts.flatMap((host) => [host, host]),
      outcome.stderr,
    );
    t.equal(outcome.stderr, "");
    t.equal(outcome.code, 0);
    await nothingLeft(t, farm);
  });

  await t.test("from one of them", async (t) => {
    const outcome = await tsmpirunOn(farm, "node03", ["--hostfile", file, "--map-by", "node", NODE, WHERE]);
    t.same(hostsOf(outcome), [...farm.hosts, ...farm.hosts], outcome.stderr);
    t.equal(outcome.code, 0);
    await nothingLeft(t, farm);
  });

  await t.test("without encryption", async (t) => {
    const outcome = await tsmpirunOn(farm, "head", ["--no-encrypt", "-H", "node01:2,node04", NODE, WHERE]);
    t.same(hostsOf(outcome), ["node01", "node01", "node04"], outcome.stderr);
    await nothingLeft(t, farm);
  });

  await t.test("and a rank's failure names its host and ends all of it", async (t) => {
    const program = 'if (process.env.TSMPI_RANK === "5") process.exit(7); setInterval(() => {}, 1000)';
    const { code, stderr } = await tsmpirunOn(farm, "head", ["--hostfile", file, NODE, "-e", program]);
    t.match(
      stderr,
      /^tsmpirun: rank 5 on node03 \(pid \d+\) exited with code 7 after [\d.]+ s; stopping 7 others\n$/,
    );
    t.equal(code, 7);
    await nothingLeft(t, farm);
  });

  await t.test("and a program that is not there is one error", async (t) => {
    const { code, stderr } = await tsmpirunOn(farm, "head", ["--hostfile", file, "nosuchprogram"]);
    t.match(stderr, /^tsmpirun: .*nosuchprogram.*\n$/);
    t.equal(code, 127);
    await nothingLeft(t, farm);
  });
});

const MANY = SLOW ? 32 : 17;

t.test(`${MANY} hosts with 3 ranks each run a job`, { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: MANY });
  const file = await hostfile(farm, [`node[01-${MANY}] slots=3`]);

  await t.test("when all are up", async (t) => {
    const outcome = await tsmpirunOn(farm, "head", ["--hostfile", file, NODE, WHERE]);
    t.same(
      hostsOf(outcome),
      farm.hosts.flatMap((host) => [host, host, host]),
      outcome.stderr,
    );
    t.equal(outcome.code, 0);
    t.comment(`${outcome.seconds.toFixed(1)} s`);
    await nothingLeft(t, farm);
  });

  await t.test("and when one is down, one error names it", async (t) => {
    await farm.crash("node17");
    const args = ["--hostfile", file, "--connect-timeout", "8", NODE, WHERE];
    const { code, stdout, stderr, seconds } = await tsmpirunOn(farm, "head", args);
    t.equal(code, 1);
    t.equal(stdout, "");
    const problems = stderr.split("\n").filter((line) => /^tsmpirun: (?!connecting )/.test(line));
    t.equal(problems.length, 1, stderr);
    t.match(problems[0], /node17/);
    t.comment(`${seconds.toFixed(1)} s`);
    await nothingLeft(t, farm, ["head", ...farm.hosts.filter((host) => host !== "node17")]);
  });
});

t.test("a host that refuses is named, with ssh's own words", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  await farm.kill("node02");
  const { code, stderr } = await tsmpirunOn(farm, "head", ["-H", "node01,node02,node03", "hostname"]);
  t.match(
    stderr,
    /^tsmpirun: cannot start on node02: ssh: it refuses connections.*\n {2}.*Connection refused\n$/,
  );
  t.equal(code, 1);
  await nothingLeft(t, farm, ["head", "node01", "node03"]);
});
