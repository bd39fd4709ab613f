/** What hosts are called, and which of their addresses work. */
import t from "tap";
import { startFarm, whyNoCluster, type Farm } from "../support/cluster.js";
import { hostfile, hostsOf, nothingLeft, tsmpirunOn, WHERE } from "../support/cluster-job.js";
import { NODE } from "../support/paths.js";

const skip = whyNoCluster();

/** Runs `where.js` on all hosts, twice on each. */
async function everywhere(farm: Farm, from: string, args: readonly string[] = []) {
  const file = await hostfile(
    farm,
    farm.hosts.map((host) => `${host} slots=2`),
  );
  return tsmpirunOn(farm, from, ["--hostfile", file, ...args, NODE, WHERE]);
}

t.test("two hosts may say the same name", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  for (const host of farm.hosts) await farm.sh(host, "hostname localhost");
  const outcome = await everywhere(farm, "head");
  t.match(outcome.stdout, /^0 localhost 0\/2\n1 localhost 1\/2\n2 localhost 0\/2\n/, outcome.stderr);
  t.equal(outcome.code, 0);
  await nothingLeft(t, farm);
});

t.test("short and full names, addresses and aliases mean the same host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  await farm.sh("head", "sed -i 's/^10.77.0.1 .*/10.77.0.1 node01.cluster.example node01 one/' /etc/hosts");
  await farm.sh(
    "head",
    "echo 'one,node01.cluster.example '$(cut -d' ' -f2- ~/.ssh/known_hosts) >>~/.ssh/known_hosts",
  );

  await t.test("for ssh", async (t) => {
    const outcome = await tsmpirunOn(farm, "head", [
      "-H",
      "node01.cluster.example:2,10.77.0.2,node03",
      NODE,
      WHERE,
    ]);
    t.same(hostsOf(outcome), ["node01", "node01", "node02", "node03"], outcome.stderr);
    await nothingLeft(t, farm);
  });

  await t.test("also for this machine, where nothing is started elsewhere", async (t) => {
    await farm.sh("node01", "pkill -x sshd");
    for (const name of ["one", "node01.cluster.example", "10.77.0.1", "localhost"]) {
      const outcome = await tsmpirunOn(farm, "node01", ["-H", `${name}:2,node02`, NODE, WHERE]);
      t.same(hostsOf(outcome), ["node01", "node01", "node02"], `${name} ${outcome.stderr}`);
    }
  });
});

t.test("two names of one host make two groups of ranks there", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const outcome = await tsmpirunOn(farm, "head", ["-H", "node01:2,10.77.0.1:2,node02", NODE, WHERE]);
  t.same(hostsOf(outcome), ["node01", "node01", "node01", "node01", "node02"], outcome.stderr);
  t.equal(outcome.code, 0);
  await nothingLeft(t, farm);
});

t.test(
  "a host whose own name is 127.0.1.1 in its /etc/hosts is reached by the others",
  { skip },
  async (t) => {
    const farm = await startFarm(t, { hosts: 2 });
    for (const host of farm.hosts) {
      const own = `sed 's/.* ${host}$/127.0.1.1 ${host}/' /etc/hosts >/run/hosts && mount --bind /run/hosts /etc/hosts`;
      await farm.sh(host, own);
    }
    const outcome = await everywhere(farm, "node01");
    t.same(hostsOf(outcome), ["node01", "node01", "node02", "node02"], outcome.stderr);
    await nothingLeft(t, farm);
  },
);

t.test("addresses that lead nowhere are passed over", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });

  await t.test("a bridge that every host has, with the same address", async (t) => {
    for (const host of ["head", ...farm.hosts]) {
      await farm.sh(
        host,
        "ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up",
      );
    }
    const outcome = await everywhere(farm, "head");
    t.same(
      hostsOf(outcome),
      farm.hosts.flatMap((host) => [host, host]),
      outcome.stderr,
    );
    await nothingLeft(t, farm);
  });

  await t.test("a network that only some hosts have, and that swallows everything", async (t) => {
    for (const [index, host] of ["head", "node01"].entries()) {
      await farm.sh(
        host,
        `ip link add a0 type bridge; ip addr add 10.99.0.${index + 1}/24 dev a0; ip link set a0 up`,
      );
    }
    // Packets to it go out of the other hosts, and nobody answers.
    await farm.sh(
      "head",
      "nft 'add table inet t; add chain inet t f { type filter hook input priority 0; }; add rule inet t f ip daddr 10.99.0.0/24 drop'",
    );
    for (const host of ["node02", "node03"]) await farm.sh(host, "ip route add 10.99.0.0/24 via 10.77.0.254");
    const outcome = await everywhere(farm, "head");
    t.same(
      hostsOf(outcome),
      farm.hosts.flatMap((host) => [host, host]),
      outcome.stderr,
    );
    await nothingLeft(t, farm);
  });

  await t.test("and --iface limits the choice", async (t) => {
    for (const iface of ["eth0", "10.77.0.0/24"]) {
      const outcome = await everywhere(farm, "node02", ["--iface", iface]);
      t.same(
        hostsOf(outcome),
        farm.hosts.flatMap((host) => [host, host]),
        outcome.stderr,
      );
    }
    await farm.sh("node01", "ip addr add 10.66.0.1/24 dev eth0");
    await farm.sh("node02", "ip addr add 10.66.0.2/24 dev eth0");
    await farm.sh("node03", "ip route add 10.66.0.0/24 dev eth0");
    const network = ["--iface", "10.66.0.0/24"];
    const words = ["-H", "node01,node02", ...network, "sh", "-c", 'cat "$TSMPI_JOB_DIR/peers"; echo'];
    const peers = await tsmpirunOn(farm, "node01", words);
    t.same(peers.stdout.match(/"10\.[^"]*"/g)?.sort(), ['"10.66.0.1"', '"10.66.0.2"'], peers.stderr);
    t.match(await everywhere(farm, "node01", network), {
      code: 1,
      stderr: "tsmpirun: --iface 10.66.0.0/24: node03 has no address there; see `ip address` on it\n",
    });
    const { code, stderr } = await everywhere(farm, "node02", ["--iface", "ib7"]);
    t.match(stderr, /^tsmpirun: .*ib7/);
    t.equal(code, 1);
    await nothingLeft(t, farm);
  });
});
