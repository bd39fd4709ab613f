/** Agents on other hosts: which starter, which command, which secret. */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EXIT, type Allocation, type JobSpec, type Plan } from "@tsmpi/protocol";
import { ownAddresses } from "../network/addresses.js";
import { LaunchProblem } from "../problem.js";
import type { JobFacts } from "./assignments.js";
import { connectAgents, type ConnectedAgent } from "./connect.js";
import { chooseStarter } from "./choose.js";

/** How long the starter's processes may take to end once their agents have. */
const FAREWELL_MS = 2_000;

/** Agents on other hosts, and what started them. */
export interface Elsewhere {
  /** In the order of the hosts asked for. */
  readonly agents: readonly ConnectedAgent[];
  /** To be called when the agents have ended: ends what started them. */
  over(): Promise<void>;
}

/** Starts an agent on those of the plan's hosts whose index is in `away`; with none it does nothing. */
export async function startElsewhere(
  spec: JobSpec,
  allocation: Allocation,
  plan: Plan,
  away: readonly number[],
  { jobId, options }: JobFacts,
  interrupted: Promise<never>,
): Promise<Elsewhere> {
  if (away.length === 0) return { agents: [], over: () => Promise.resolve() };
  const { remote } = spec;
  const starter = chooseStarter(allocation.kind, remote);
  const addresses = ownAddresses(remote.iface);
  if (addresses.length === 0) throw noAddress(remote.iface);
  const ticketFile = join(homedir(), `.tsmpi-ticket-${jobId}`);
  try {
    const { agents, started } = await connectAgents(
      away.map((index) => plan.hosts[index]!),
      {
        starter,
        command: { words: [...remote.remotePrefix, process.execPath, agentScript()] },
        starterOptions: {
          // Its own account of what went wrong is better than ours, so it must come first.
          connectTimeout: Math.max(1, Math.ceil(remote.connectTimeoutSeconds - 1)),
          sshArgs: remote.sshArgs,
          ticketFile,
          environment: process.env,
          ...(remote.rshAgent === undefined ? {} : { rshAgent: remote.rshAgent }),
        },
        ticket: { jobId, key: randomBytes(32).toString("hex"), addresses },
        publish(ticket) {
          if (starter.name === "pbs") writeFileSync(ticketFile, `${ticket}\n`, { flag: "wx", mode: 0o600 });
        },
        version: options.version,
        timeoutSeconds: remote.connectTimeoutSeconds,
        reporter: options.reporter,
        interrupted,
      },
    );
    return {
      agents,
      async over() {
        await Promise.race([started.ended, delay(FAREWELL_MS, undefined, { ref: false })]);
        started.stop();
      },
    };
  } finally {
    rmSync(ticketFile, { force: true });
  }
}

/** It lies beside the bundle that this is a part of, on every host. */
function agentScript(): string {
  return fileURLToPath(new URL("./tsmpi-agent.js", import.meta.url));
}

function noAddress(iface: string | undefined): LaunchProblem {
  return new LaunchProblem(
    EXIT.failure,
    iface === undefined
      ? "this host has no address by which other hosts could reach it; see `ip address`"
      : `--iface ${iface}: this host has no address there; see \`ip address\``,
  );
}
