/** How agents on other hosts are started: which starter, which command, which secret. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, type Allocation, type RemoteSpec } from "@tsmpi/protocol";
import { ownAddresses } from "../network/addresses.js";
import type { LaunchOptions } from "../options.js";
import { LaunchProblem } from "../problem.js";
import { chooseStarter } from "./choose.js";
import type { SummonOptions } from "./summon.js";

/** What to summon agents with; `ticketFile`, if there is one, is to be removed when they have come or will not come. */
export interface Terms extends SummonOptions {
  readonly ticketFile: string | undefined;
}

/** Throws a LaunchProblem when nothing can be started elsewhere from here. */
export function termsFor(
  remote: RemoteSpec,
  allocation: Allocation,
  jobId: string,
  { version, reporter }: Pick<LaunchOptions, "version" | "reporter">,
): Terms {
  const starter = chooseStarter(allocation.kind, remote);
  const addresses = ownAddresses(remote.iface);
  if (addresses.length === 0) throw noAddress(remote.iface);
  const ticketFile = starter.name === "pbs" ? join(homedir(), `.tsmpi-ticket-${jobId}`) : undefined;
  return {
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
    ticket: { jobId, key: randomBytes(32).toString("hex"), addresses, iface: remote.iface },
    publish(ticket) {
      if (ticketFile !== undefined) writeFileSync(ticketFile, `${ticket}\n`, { flag: "wx", mode: 0o600 });
    },
    ticketFile,
    version,
    timeoutSeconds: remote.connectTimeoutSeconds,
    reporter,
  };
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
