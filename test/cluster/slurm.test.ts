/** Agents started by srun, inside real allocations. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { startAgents, TICKET, type Order, type StartedOptions } from "../support/starting.js";

const skip = whyNoCluster({ slurm: true });

t.test("srun starts an agent on each host of an allocation", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 4, slurm: true });
  const start = (order: Partial<Order>, options: StartedOptions = {}) =>
    startAgents(
      farm,
      { starter: "slurm", hosts: [], ...order },
      { within: ["salloc", "--quiet", "-N4"], ...options },
    );
  const all = farm.hosts.map((host) => ({ host }));

  await t.test("with the ticket on standard input, and SLURMD_NODENAME for its name", async (t) => {
    const { failures, reports, output, phases } = await start({ hosts: all });
    t.same(failures, []);
    t.same(Object.keys(reports).sort(), farm.hosts);
    for (const host of farm.hosts) {
      const { words, ticket, environment, directory } = reports[host]!;
      t.same(words, ["two words", "it's", "a!b\\c", "$HOME", "--ticket", "-"]);
      t.equal(ticket, TICKET);
      t.equal(directory, "/");
      t.equal(environment["SLURMD_NODENAME"], host);
      t.notOk(Object.values(environment).some((value) => value.includes(TICKET)));
      t.ok(output.includes(`${host} agent on ${host}`), "what it prints is known to be its own");
      t.same(
        phases.filter((phase) => phase.startsWith(host)),
        [`${host} srun: making a job step`, `${host} agent: dialling back`],
      );
    }
    t.equal(output.length, 4, "and srun's chatter is not shown");
  });

  await t.test("whatever the job asked for", async (t) => {
    const wishes = [
      "salloc",
      "--quiet",
      "-N4",
      "-n9",
      "--ntasks-per-node=3",
      "-c2",
      "--exclusive",
      "-m",
      "cyclic",
    ];
    const { failures, reports, output } = await start({ hosts: all }, { within: wishes });
    t.same(failures, []);
    t.same(Object.keys(reports).sort(), farm.hosts);
    t.equal(output.length, 4, output.join("\n"));
  });

  await t.test("on some of its hosts, beside a step that has all its CPUs", async (t) => {
    const busy = ["salloc", "--quiet", "-N4", "sh", "-c", 'srun -N4 sleep 100 & "$@"; kill $!', "-"];
    const { failures, reports } = await start({ hosts: [all[2]!, all[0]!] }, { within: busy });
    t.same(failures, []);
    t.same(Object.keys(reports).sort(), ["node01", "node03"]);
    t.equal(reports["node03"]!.environment["SLURMD_NODENAME"], "node03");
  });

  await t.test("of a heterogeneous job", async (t) => {
    const within = ["salloc", "--quiet", "-N1", "-n2", ":", "-N2", "-n2"];
    const hosts = all.slice(0, 3);
    const { failures, reports } = await start({ hosts }, { within });
    t.same(failures, []);
    t.same(Object.keys(reports).sort(), ["node01", "node02", "node03"]);
  });

  await t.test("and names the host where it cannot", async (t) => {
    const [, second] = all;
    const nothing = await start({ hosts: [second!], words: ["/no/node", "/no/agent.js"] });
    t.match(nothing.failures, [{ host: "node02", cause: "node not found", message: /node02.*\/no\/node/ }]);
    const empty = await start({ hosts: [second!], words: [process.execPath, "/no/agent.js"] });
    t.match(empty.failures, [{ host: "node02", cause: "tsmpi not found", message: /\/no\/agent.js/ }]);
    const { failures } = await start({ hosts: all.slice(0, 2), words: ["/bin/false"] });
    t.same(failures.map(({ host }) => host).sort(), ["node01", "node02"]);
  });

  await t.test("and says that a host is not of the allocation", async (t) => {
    const { failures } = await start(
      { hosts: all.slice(0, 2) },
      { within: ["salloc", "--quiet", "-N1"], settled: 1 },
    );
    t.match(failures, [{ cause: "starter", message: /in this allocation/ }]);
  });

  await t.test("and names a host whose slurmd has died", async (t) => {
    const { failures, reports } = await start(
      { hosts: all },
      {
        within: ["salloc", "--quiet", "-N4", "sh", "-c", 'ssh node04 pkill -x slurmd; "$@"', "-"],
        settled: 1,
      },
    );
    t.match(
      failures.find(({ host }) => host === "node04"),
      { cause: "timed out" },
      JSON.stringify(failures),
    );
    t.ok(Object.keys(reports).length <= 3);
  });
});
