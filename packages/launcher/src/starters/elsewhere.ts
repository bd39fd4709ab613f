import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { LauncherLink } from "../remote/messages.js";
import type { Lost, RemoteHost } from "./starter.js";
import { connectAgents } from "./connect.js";
import type { ConnectedAgent } from "./summon.js";
import type { Terms } from "./terms.js";

/** How long it may take to clean up after an agent that was killed. */
const SWEEP_MS = 4_000;

/** Agents on other hosts, and what started them. */
export interface Elsewhere {
  /** In the order of the hosts asked for. */
  readonly agents: readonly ConnectedAgent[];
  /** Resolves, to a clause, when somebody has killed what holds them. */
  readonly killed: Promise<string>;
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
    const { agents, started, killed } = await connectAgents(hosts, terms, interrupted);
    return {
      agents,
      killed,
      async over() {
        started.stop(lossAmong(agents));
        await sweep(
          hosts.filter((_, index) => diedSuddenly(agents[index]!.link)),
          terms,
        );
        // Without tasks srun ends by itself, a quarter of a second after them.
        if (terms.starter.name === "slurm" && agents.every(({ link }) => link.ended)) return;
        await started.ended;
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

/** Its host has said that it is gone; of one that is silent nothing can be had. */
function diedSuddenly(link: LauncherLink): boolean {
  return !link.ended && !link.silent;
}

/**
 * Goes once more to hosts whose agent ended without a word: what kills a whole job step kills the agent's
 * watchdog, too, and nobody there is left to clean up.
 */
async function sweep(hosts: readonly RemoteHost[], terms: Terms): Promise<void> {
  if (hosts.length === 0) return;
  const { starter, starterOptions, command, ticket } = terms;
  const words = [...command.words, "--sweep", ticket.jobId];
  const nobody = { phase: () => {}, failed: () => {}, output: () => {} };
  const sweepers = starter.start(hosts, { words }, "", starterOptions, nobody);
  await Promise.race([sweepers.ended, delay(SWEEP_MS)]);
  sweepers.stop();
  await sweepers.ended;
}
