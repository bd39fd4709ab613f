import type { JobSpec, Report } from "@tsmpi/protocol";
import { discover } from "./allocation/discover.js";
import type { LaunchOptions } from "./options.js";
import { place } from "./placement/place.js";
import { run } from "./run.js";
import { start } from "./starters/start.js";

/**
 * Runs a job from beginning to end. Called once per process: signals to the process belong to
 * the job meanwhile. Returns when no process and no file of the job is left and all output is
 * in the hands of the sinks, which are the caller's to flush. Throws a LaunchProblem when the
 * job cannot start; what goes wrong later is in the report and has been told to the reporter.
 */
export async function launch(spec: JobSpec, options: LaunchOptions): Promise<Report> {
  const allocation = discover(spec);
  const plan = place(spec, allocation);
  if (plan.notice !== undefined) options.reporter.notice(plan.notice);
  const crew = await start(spec, allocation, plan, options);
  return run(crew, plan, options);
}
