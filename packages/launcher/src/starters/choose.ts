import type { AllocationKind, RemoteSpec } from "@tsmpi/protocol";
import { findInPath } from "../agent/files.js";
import { starterFor } from "./choice.js";
import type { Starter } from "./starter.js";
import { STARTERS } from "./starters.js";

/** The starter for a job's other hosts. Throws a LaunchProblem when the user asks for one that cannot work. */
export function chooseStarter(kind: AllocationKind, { launcher, rshAgent }: RemoteSpec): Starter {
  const { env } = process;
  // The directory that relative folders of PATH are in may be gone, and no batch system is there.
  const has = (command: string) => findInPath(command, env["PATH"] ?? "", "/") !== undefined;
  const name = starterFor(kind, launcher, rshAgent !== undefined, { environment: env, has });
  // With "local" no host counts as another one, and nobody asks.
  return STARTERS[name === "local" ? "ssh" : name];
}

/**
 * Throws a LaunchProblem when the user asks for a batch system and there is none. A job that has all its ranks
 * on this machine would not notice, and run outside of what was asked for.
 */
export function checkLauncher(kind: AllocationKind, remote: RemoteSpec): void {
  if (remote.launcher !== "auto") chooseStarter(kind, remote);
}
