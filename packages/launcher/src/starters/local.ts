import type { Plan } from "@tsmpi/protocol";
import type { Agent } from "../agent/agent.js";
import { localAgent } from "../agent/local.js";
import type { LaunchOptions } from "../options.js";

/** Starts no process: the launcher is the agent of its own host. */
export function startLocally(plan: Plan, options: LaunchOptions): Promise<Agent> {
  return localAgent(plan, plan.ranks[0]!.host, options);
}
