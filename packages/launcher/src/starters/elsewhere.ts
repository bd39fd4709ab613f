import { rmSync } from "node:fs";
import type { RemoteHost } from "./starter.js";
import { connectAgents } from "./connect.js";
import type { ConnectedAgent } from "./summon.js";
import type { Terms } from "./terms.js";

/** Agents on other hosts, and what started them. */
export interface Elsewhere {
  /** In the order of the hosts asked for. */
  readonly agents: readonly ConnectedAgent[];
  /** To be called when the agents have ended: ends what started them. */
  over(): Promise<void>;
}

/** Starts an agent on each host. Rejects with a LaunchProblem, and nothing goes on, if one does not come up. */
export async function startElsewhere(
  hosts: readonly RemoteHost[],
  terms: Terms,
  interrupted: Promise<never>,
): Promise<Elsewhere> {
  try {
    const { agents, started } = await connectAgents(hosts, terms, interrupted);
    return {
      agents,
      async over() {
        started.stop();
        // Without tasks srun ends by itself, a quarter of a second after them.
        if (terms.starter.name === "slurm" && agents.every(({ link }) => link.ended)) return;
        await started.ended;
      },
    };
  } finally {
    rmSync(terms.ticketFile, { force: true });
  }
}
