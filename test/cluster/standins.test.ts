/** Starters whose batch systems cannot be had here: against stand-ins that behave as their manuals say. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startFarm, whyNoCluster, type Farm } from "../support/cluster.js";
import { NODE, ROOT } from "../support/paths.js";
import { startAgents, TICKET } from "../support/starting.js";

const skip = whyNoCluster();
const PATH = `${join(ROOT, "test/cluster/bin")}:/usr/bin:/bin`;
const WORDS = ["two words", "it's", "a!b\\c", "$HOME"];

/** What a PBS job finds, on its first host. */
function pbsJob(farm: Farm): Record<string, string> {
  const nodefile = join(farm.directory, "nodefile");
  writeFileSync(nodefile, farm.hosts.flatMap((host) => [`${host}\n`, `${host}\n`]).join(""));
  return { PATH, PBS_JOBID: "7.head", PBS_NODEFILE: nodefile };
}

t.test("pbs_tmrsh starts an agent on each host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 3 });
  const environment = pbsJob(farm);
  const ticketFile = join(farm.directory, "ticket");
  writeFileSync(ticketFile, `${TICKET}\n`, { mode: 0o600 });
  const hosts = farm.hosts.map((host) => ({ host }));
  const options = { ticketFile };

  await t.test("without a shell, without a standard input, with the ticket in a file", async (t) => {
    const { failures, reports, output } = await startAgents(
      farm,
      { starter: "pbs", hosts, options },
      { environment },
    );
    t.same(failures, []);
    for (const host of farm.hosts) {
      const { words, ticket, directory, environment: found } = reports[host]!;
      t.same(words, [...WORDS, "--host", host, "--ticket", ticketFile]);
      t.equal(ticket, TICKET);
      t.equal(directory, `${farm.directory}/home`);
      t.equal(found["PATH"], "/bin:/usr/bin", "it has nothing of our environment");
    }
    t.same(output, [], "what it prints goes to the job's file");
  });

  await t.test("and names the host where it cannot", async (t) => {
    const strange = await startAgents(
      farm,
      { starter: "pbs", hosts: [{ host: "node01.x" }], options },
      { environment },
    );
    t.match(strange.failures, [{ host: "node01.x", cause: "starter", message: /not in PBS_NODEFILE/ }]);
    const words = ["/no/node", "/no/agent.js"];
    const { failures } = await startAgents(
      farm,
      { starter: "pbs", hosts: hosts.slice(0, 1), options, words },
      { environment },
    );
    t.match(failures, [{ host: "node01", cause: "node not found" }]);
  });
});

t.test("stopping leaves pbs_tmrsh the time to end with its agent", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 1 });
  const ticketFile = join(farm.directory, "ticket");
  writeFileSync(ticketFile, `${TICKET}\n`, { mode: 0o600 });
  const words = [NODE, "-e", "setTimeout(() => console.log('unhurt'), 500)", "--"];
  const order = { starter: "pbs", hosts: [{ host: "node01" }], options: { ticketFile }, words } as const;
  await startAgents(farm, order, { environment: pbsJob(farm), settled: 0 });
  t.match(await farm.sh("head", "cat ../nodefile.output"), /unhurt/);
});

t.test("qrsh -inherit starts an agent on each host, and killing it kills the agent", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const hostfile = join(farm.directory, "pe_hostfile");
  writeFileSync(hostfile, farm.hosts.map((host) => `${host} 2 all.q@${host} UNDEFINED\n`).join(""));
  const environment = { PATH, PE_HOSTFILE: hostfile, OF_THE_USER: "it's here" };
  const hosts = farm.hosts.map((host) => ({ host }));
  const { failures, reports, output } = await startAgents(farm, { starter: "sge", hosts }, { environment });
  t.same(failures, []);
  for (const host of farm.hosts) {
    t.same(reports[host]!.words, [...WORDS, "--host", host, "--ticket", "-"]);
    t.equal(reports[host]!.ticket, TICKET);
    t.equal(reports[host]!.environment["OF_THE_USER"], "it's here");
    t.ok(output.includes(`${host} agent on ${host}`));
  }
  const strange = await startAgents(farm, { starter: "sge", hosts: [{ host: "other" }] }, { environment });
  t.match(strange.failures, [{ host: "other", cause: "starter", message: /not in this job/ }]);
  const stubborn = { starter: "sge", hosts: hosts.slice(0, 1), words: ["/bin/sleep", "1000"] } as const;
  await startAgents(farm, stubborn, { environment, settled: 0 });
  t.same(farm.traces("node01").processes, []);
});

t.test("blaunch starts an agent on each host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const environment = { PATH, LSB_JOBID: "7", LSB_MCPU_HOSTS: "node01 4 node02 4" };
  const hosts = farm.hosts.map((host) => ({ host }));
  const { failures, reports } = await startAgents(farm, { starter: "lsf", hosts }, { environment });
  t.same(failures, []);
  for (const host of farm.hosts) {
    t.same(reports[host]!.words, [...WORDS, "--host", host, "--ticket", "-"]);
    t.equal(reports[host]!.ticket, TICKET);
  }
});

t.test("any command that takes a host and words starts an agent on each host", { skip }, async (t) => {
  const farm = await startFarm(t, { hosts: 2 });
  const hosts = farm.hosts.map((host) => ({ host }));
  for (const rshAgent of [
    ["podexec", "-n", "space"],
    ["ssh", "-o", "LogLevel=ERROR"],
  ]) {
    await t.test(rshAgent.join(" "), async (t) => {
      const options = { rshAgent };
      const { failures, reports } = await startAgents(
        farm,
        { starter: "command", hosts, options },
        { environment: { PATH } },
      );
      t.same(failures, []);
      for (const host of farm.hosts) {
        t.same(reports[host]!.words, [...WORDS, "--host", host, "--ticket", "-"]);
        t.equal(reports[host]!.ticket, TICKET);
      }
    });
  }
  const options = { rshAgent: ["nosuchcommand"] };
  const { failures } = await startAgents(
    farm,
    { starter: "command", hosts, options },
    { environment: { PATH }, settled: 1 },
  );
  t.match(failures, [{ host: undefined, message: /nosuchcommand was not found/ }]);
});
