import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import type { RemoteHost, StartedAgents } from "./starter.js";
import { summon, type ConnectedAgent, type SummonOptions } from "./summon.js";

/** Agents that have dialled back, and what holds them. */
export interface Connected {
  /** In the order of the hosts. */
  readonly agents: readonly ConnectedAgent[];
  readonly started: StartedAgents;
  /** Resolves, to a clause, when somebody has killed what holds them. */
  readonly killed: Promise<string>;
}

/**
 * Starts an agent on each host; resolves, in the order of the hosts, when all have dialled back.
 * Rejects with a LaunchProblem about the first host that fails or is late, or when `interrupted`
 * does; nothing goes on then.
 */
export async function connectAgents(
  hosts: readonly RemoteHost[],
  options: SummonOptions,
  interrupted: Promise<never>,
): Promise<Connected> {
  const connected = new Map<string, ConnectedAgent>();
  let tellKilled: (how: string) => void;
  const killed = new Promise<string>((resolve) => (tellKilled = resolve));
  let succeed: () => void;
  let fail: (problem: LaunchProblem) => void;
  const all = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  const summons = await summon(hosts, options, {
    connected(host, agent) {
      connected.set(host, agent);
      if (connected.size === hosts.length) succeed();
    },
    killed: (how) => {
      tellKilled(how);
      fail(new LaunchProblem(EXIT.failure, how)); // another host may still be waited for
    },
    failed: (_host, problem) => fail(problem),
  });
  const { started } = summons;
  try {
    await Promise.race([all, interrupted]);
    return { agents: hosts.map(({ host }) => connected.get(host)!), started, killed };
  } catch (error) {
    started.stop("gone"); // agents have made nothing yet
    for (const { link } of connected.values()) link.close("the job does not start");
    await started.ended;
    throw error;
  } finally {
    summons.close();
  }
}
