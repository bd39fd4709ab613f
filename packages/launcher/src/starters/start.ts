/** From a plan to agents that are ready to start its ranks. */
import { isatty } from "node:tty";
import { EXIT, type Allocation, type JobSpec, type Plan } from "@tsmpi/protocol";
import type { Agent } from "../agent/agent.js";
import { assemble, type Crew } from "../agent/crew.js";
import { newJobId } from "../agent/directory.js";
import { localAgent } from "../agent/local.js";
import { newKeys } from "../network/keys.js";
import type { LaunchOptions } from "../options.js";
import { LaunchProblem } from "../problem.js";
import { unite } from "../placement/unite.js";
import { remoteAgent } from "../remote/proxy.js";
import { localAssignment, remoteAssignment, type JobFacts } from "./assignments.js";
import { afterNews } from "./news.js";
import { startElsewhere, type Elsewhere } from "./elsewhere.js";
import { untilInterrupted } from "./interruption.js";
import { checkLauncher } from "./choose.js";
import { termsFor } from "./terms.js";
import { hostsOfThisMachine } from "./this-machine.js";
import type { ConnectedAgent } from "./summon.js";

/** Throws a LaunchProblem, having left nothing behind, when the job cannot run as asked. */
export async function start(
  spec: JobSpec,
  allocation: Allocation,
  placed: Plan,
  options: LaunchOptions,
): Promise<Crew> {
  const size = placed.ranks.length;
  if (typeof options.stdin === "number" && options.stdin >= size) {
    throw new LaunchProblem(EXIT.usage, `--stdin ${options.stdin}: the last rank is ${size - 1}`);
  }
  const facts: JobFacts = { jobId: newJobId(), options, terminal: isatty(0), iface: spec.remote.iface };
  checkLauncher(allocation.kind, spec.remote);
  const here =
    spec.remote.launcher === "local"
      ? placed.hosts.map((_, index) => index)
      : await hostsOfThisMachine(allocation, placed.hosts, options.reporter);
  const plan = unite(placed, here);
  const away = plan.hosts.flatMap((_, index) => (index === here[0] ? [] : [index]));
  const interruption = untilInterrupted();
  let elsewhere: Elsewhere | undefined;
  let agents: Agent[] = [];
  try {
    if (away.length > 0) {
      const terms = termsFor(spec.remote, allocation, facts.jobId, options);
      const hosts = away.map((index) => plan.hosts[index]!);
      elsewhere = await startElsewhere(hosts, terms, interruption.happened);
    }
    agents = await prepareAll(plan, away, elsewhere?.agents ?? [], facts);
    if (plan.hosts.length > 1) {
      await Promise.race([introduce(agents, plan, spec.remote.encrypt), interruption.happened]);
    }
    interruption.check();
  } catch (error) {
    await Promise.all(agents.map((agent) => agent.dissolve(0)));
    await elsewhere?.over();
    throw error;
  } finally {
    interruption.ignore();
  }
  const crew = assemble(agents, plan);
  return {
    ...crew,
    run(output, onEvent) {
      if (elsewhere === undefined) return crew.run(output, onEvent);
      const told = elsewhere.killed.then((how) => onEvent({ type: "starter killed", how }));
      return crew.run(output, afterNews(told, onEvent));
    },
    async dissolve(graceSeconds) {
      await crew.dissolve(graceSeconds);
      await elsewhere?.over();
    },
    abandon: async () => elsewhere?.abandon(),
  };
}

/** Gives every host its part. Rejects with the first problem when all have answered; nothing is left then. */
async function prepareAll(
  plan: Plan,
  away: readonly number[],
  connected: readonly ConnectedAgent[],
  facts: JobFacts,
): Promise<Agent[]> {
  const results = await Promise.allSettled(
    plan.hosts.map((_, index) => {
      const remote = connected[away.indexOf(index)];
      return remote === undefined
        ? localAgent(localAssignment(plan, index, facts))
        : remoteAgent(remote.link, remoteAssignment(plan, index, facts), remote.addresses);
    }),
  );
  const agents = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const problem = results.find((result) => result.status === "rejected");
  if (problem === undefined) return agents;
  await Promise.all(agents.map((agent) => agent.dissolve(0)));
  for (const { link } of connected) link.close("the job does not start");
  throw problem.reason;
}

/** Tells every host where the ranks of the others listen. */
async function introduce(agents: readonly Agent[], plan: Plan, encrypt: boolean): Promise<void> {
  const ports = new Array<number>(plan.ranks.length).fill(0);
  for (const [index, agent] of agents.entries()) {
    const ranks = plan.ranks.filter(({ hostIndex }) => hostIndex === index);
    for (const [position, { rank }] of ranks.entries()) ports[rank] = agent.ports[position]!;
  }
  const network = {
    hosts: agents.map(({ host, addresses }) => ({ host, addresses })),
    ports,
    hostOf: plan.ranks.map(({ hostIndex }) => hostIndex),
    keys: encrypt ? newKeys() : undefined,
  };
  await Promise.all(agents.map((agent) => agent.meet(network)));
}
