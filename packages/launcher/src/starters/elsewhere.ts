import { rmSync } from "node:fs";
import type { LauncherLink } from "../remote/messages.js";
import type { Lost, RemoteHost } from "./starter.js";
import { connectAgents } from "./connect.js";
import type { ConnectedAgent } from "./summon.js";
import { sweep } from "./sweep.js";
import type { Terms } from "./terms.js";

/** Agents on other hosts, and what started them. */
export interface Elsewhere {
  /** In the order of the hosts asked for. */
  readonly agents: readonly ConnectedAgent[];
  /** Resolves, to a clause, when somebody has killed what holds them. */
  readonly killed: Promise<string>;
  /** To be called when the agents have ended: ends what started them. */
  over(): Promise<void>;
  /**
   * To be called when this process is about to end before the agents have: lets them go, and resolves when that is
   * clean which none of them is left to clean.
   */
  abandon(): Promise<void>;
}

/** Starts an agent on each host. Rejects with a LaunchProblem, and nothing goes on, if one does not come up. */
export async function startElsewhere(
  hosts: readonly RemoteHost[],
  terms: Terms,
  interrupted: Promise<never>,
): Promise<Elsewhere> {
  try {
    const { agents, started, killed } = await connectAgents(hosts, terms, interrupted);
    let held = true;
    void killed.then(() => (held = false));
    /** Hosts that nobody cleans up: an agent that lives does, unless what held it is gone and takes it along. */
    const orphans = () =>
      hosts.filter((_, index) => {
        const { link } = agents[index]!;
        return diedSuddenly(link) && (link.closed || !held);
      });
    let swept: Promise<void> | undefined;
    return {
      agents,
      killed,
      async over() {
        started.stop(lossAmong(agents));
        await (swept ??= sweep(orphans(), terms));
        // Without tasks srun ends by itself, a quarter of a second after them.
        if (terms.starter.name === "slurm" && agents.every(({ link }) => link.ended)) return;
        await started.ended;
      },
      async abandon() {
        swept ??= sweep(orphans(), terms);
        for (const { link } of agents) link.close("the launcher ends");
        await swept;
      },
    };
  } finally {
    if (terms.ticketFile !== undefined) rmSync(terms.ticketFile, { force: true });
  }
}

function lossAmong(agents: readonly ConnectedAgent[]): Lost | undefined {
  const lost = agents.filter(({ link }) => !link.ended);
  if (lost.some(({ link }) => link.silent && !link.unreachable)) return "silent";
  if (lost.some(({ link }) => link.unreachable)) return "unreachable";
  return lost.length > 0 ? "gone" : undefined;
}

/** Its host has said that it is gone, or may do so yet; of one that is silent nothing can be had. */
function diedSuddenly(link: LauncherLink): boolean {
  return !link.ended && !link.silent;
}
