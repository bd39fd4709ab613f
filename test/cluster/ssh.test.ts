/** Agents started by ssh. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { startAgents, TICKET } from "../support/starting.js";
import { existsSync } from "node:fs";

const skip = whyNoCluster();

t.test("ssh starts an agent on each host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  const hosts = farm.hosts.map((host) => ({ host }));

  await t.test("with its words as they are and the ticket on its standard input", async (t) => {
    const { failures, reports, phases, output } = await startAgents(farm, { starter: "ssh", hosts });
    t.same(failures, []);
    t.same(Object.keys(reports).sort(), farm.hosts);
    for (const host of farm.hosts) {
      const { words, ticket, directory, environment } = reports[host]!;
      t.same(words, ["two words", "it's", "a!b\\c", "$HOME", "--host", host, "--ticket", "-"]);
      t.equal(ticket, TICKET);
      t.equal(directory, `${farm.directory}/home`);
      t.notOk(Object.values(environment).some((value) => value.includes(TICKET)));
      t.ok(output.includes(`${host} agent on ${host}`));
      const ofHost = phases.filter((phase) => phase.startsWith(host));
      t.same(ofHost, [
        `${host} ssh: connecting`,
        `${host} ssh: authenticating`,
        `${host} agent: dialling back`,
      ]);
    }
    t.notMatch(output.join("\n"), /debug1|Transferred/, "nothing of ssh's own chatter");
  });

  for (const shell of ["dash", "tcsh", "fish"]) {
    const missing = existsSync(`/usr/bin/${shell}`) ? false : `${shell} is not installed`;
    await t.test(`whose login shell is ${shell}`, { skip: missing }, async (t) => {
      const [host] = hosts;
      const { failures, reports } = await startAgents(farm, {
        starter: "ssh",
        hosts: [{ ...host!, user: shell }],
      });
      t.same(failures, []);
      t.same(reports["node01"]!.words.slice(0, 4), ["two words", "it's", "a!b\\c", "$HOME"]);
      const gone = await startAgents(farm, {
        starter: "ssh",
        hosts: [{ ...host!, user: shell }],
        words: ["/no/node", "x"],
      });
      t.equal(gone.failures[0]!.cause, "node not found", gone.failures[0]!.words);
    });
  }

  await t.test("that prints a banner and starts commands of its own", async (t) => {
    await farm.sh(
      "node02",
      "printf 'echo Welcome to node02; echo Permission denied, not found >&2' >~/.bashrc",
    );
    const { failures, reports, output } = await startAgents(farm, {
      starter: "ssh",
      hosts: [{ host: "node02" }],
    });
    await farm.sh("node02", "rm ~/.bashrc");
    t.same(failures, []);
    t.equal(reports["node02"]!.ticket, TICKET);
    t.ok(output.includes("node02 Welcome to node02"));
  });

  await t.test("by a name of ~/.ssh/config, and options of the user's", async (t) => {
    await farm.sh("head", "printf 'Host short\\n  HostName node03\\n' >~/.ssh/config");
    const { failures, reports } = await startAgents(
      farm,
      {
        starter: "ssh",
        hosts: [{ host: "short" }, { host: "alias" }],
        options: { sshArgs: ["-o", "HostKeyAlias=node03", "-o", "HostName=node03"] },
        // Both are node03: the second report replaces the first.
      },
      { settled: 1 },
    );
    await farm.sh("head", "rm ~/.ssh/config");
    t.same(failures, []);
    t.same(Object.keys(reports), ["node03"]);
  });
});

t.test("a host where ssh cannot start an agent is named, with cause and remedy", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 4 });
  const only = async (host: string, extra: object = {}) => {
    const { failures } = await startAgents(farm, {
      starter: "ssh",
      hosts: [{ host, ...(extra as { port?: number }) }],
      options: { connectTimeout: 2, sshArgs: [] },
      ...extra,
    });
    t.equal(failures.length, 1, host);
    return failures[0]!;
  };

  t.match(await only("nosuchhost"), {
    host: "nosuchhost",
    cause: "unresolved",
    message: /nosuchhost.*spelling/,
  });
  await farm.kill("node01");
  t.match(await only("node01"), { cause: "refused", message: /node01.*sshd/, words: /Connection refused/ });
  await farm.cut("node02");
  t.match(await only("node02"), { cause: "timed out", message: /node02.*does not answer/ });
  const unknown = { options: { connectTimeout: 5, sshArgs: ["-o", "UserKnownHostsFile=/dev/null"] } };
  t.match(await only("node03", unknown), { cause: "host key", message: /log in once by `ssh node03`/ });
  const noKey = { options: { connectTimeout: 5, sshArgs: ["-o", "PubkeyAuthentication=no"] } };
  t.match(await only("node03", noKey), { cause: "permission denied", message: /without a password/ });
  t.match(await only("node03", { words: ["/no/bin/node", "/x.js"] }), {
    cause: "node not found",
    message: /\/no\/bin\/node cannot be run there/,
  });
  t.match(await only("node03", { words: [process.execPath, "/no/such/agent.js"] }), {
    cause: "tsmpi not found",
    message: /no tsmpi at \/no\/such\/agent.js/,
    words: /Cannot find module/,
  });
  t.match(await only("node03", { words: ["/bin/false"] }), {
    cause: "starter",
    message: /ended with code 1/,
  });
  t.match(await only("-oProxyCommand=touch /tmp/hacked"), { host: "-oProxyCommand=touch /tmp/hacked" });
  t.same(farm.traces("head").files, [], "a host name is never an option");
});

t.test("a host that has too many beginners is tried again", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 1 });
  await farm.sh("node01", "pkill -x sshd; while pgrep -x sshd; do :; done");
  await farm.sh(
    "node01",
    `/usr/sbin/sshd -f /dev/null -h ${farm.directory}/host_key -o ListenAddress=10.77.0.1 -o UsePAM=no ` +
      `-o AuthorizedKeysFile=${farm.directory}/home/.ssh/authorized_keys -o StrictModes=no -o MaxStartups=1:100:1`,
  );
  const hosts = Array.from({ length: 6 }, () => ({ host: "node01" }));
  const { failures, phases } = await startAgents(
    farm,
    { starter: "ssh", hosts, options: { connectTimeout: 60 } },
    {
      settled: 1,
    },
  );
  t.same(failures, []);
  t.ok(phases.includes("node01 ssh: connecting again"));
});

t.test("a missing ssh is one failure, however many hosts", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 1 });
  const hosts = ["a", "b", "c"].map((host) => ({ host }));
  const { failures } = await startAgents(
    farm,
    { starter: "ssh", hosts },
    {
      environment: { PATH: "/nosuch" },
      settled: 1,
    },
  );
  t.equal(failures.length, 1);
  t.match(failures[0], { host: undefined, cause: "starter", message: /ssh was not found in PATH/ });
});
