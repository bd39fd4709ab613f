/** From a plan to agents that are ready to start its ranks. */
import { isatty } from "node:tty";
import { EXIT, type Plan } from "@tsmpi/protocol";
import { assemble, type Crew } from "../agent/crew.js";
import { newJobId } from "../agent/directory.js";
import { localAgent } from "../agent/local.js";
import type { LaunchOptions } from "../options.js";
import { LaunchProblem } from "../problem.js";
import { localAssignment } from "./assignments.js";

/** Throws a LaunchProblem, having left nothing behind, when the job cannot run as asked. */
export async function start(plan: Plan, options: LaunchOptions): Promise<Crew> {
  const size = plan.ranks.length;
  if (typeof options.stdin === "number" && options.stdin >= size) {
    throw new LaunchProblem(EXIT.usage, `--stdin ${options.stdin}: the last rank is ${size - 1}`);
  }
  const facts = { jobId: newJobId(), options, terminal: isatty(0) };
  return assemble([await localAgent(localAssignment(plan, 0, facts))], plan);
}
