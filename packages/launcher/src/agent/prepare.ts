/** Everything that can be checked and made before the first rank starts. */
import { isatty } from "node:tty";
import { EXIT, type Plan } from "@tsmpi/protocol";
import { stdinKind } from "../forwarding/input.js";
import { openOutput, type Output } from "../forwarding/output.js";
import type { LaunchOptions } from "../options.js";
import { LaunchProblem } from "../problem.js";
import { CONTROL_PIPES } from "../rendezvous/postbox.js";
import { createJobDirectory, type JobDirectory } from "./directory.js";
import { appEnvironment } from "./environment.js";
import { checkDescriptors } from "./limits.js";
import { makePipes } from "./pipes.js";
import { findProgram, type Command } from "./program.js";
import { pipeNames, type Wiring } from "./ranks.js";
import { startWatchdog, type Watchdog } from "./watchdog.js";

/** A host that is ready to start ranks. */
export interface Preparation {
  /** For each app of the plan, what to execute and with what environment. */
  readonly apps: readonly { readonly command: Command; readonly environment: Record<string, string> }[];
  readonly output: Output;
  readonly job: JobDirectory;
  readonly watchdog: Watchdog;
  readonly wiring: Wiring;
}

/** Throws a LaunchProblem, having left nothing behind, when the job cannot run as asked. */
export async function prepare(plan: Plan, options: LaunchOptions): Promise<Preparation> {
  const size = plan.ranks.length;
  const { mergeStderr, directory } = options.output;
  if (typeof options.stdin === "number" && options.stdin >= size) {
    throw new LaunchProblem(EXIT.usage, `--stdin ${options.stdin}: the last rank is ${size - 1}`);
  }
  const apps = plan.apps.map((app) => {
    const environment = appEnvironment(app, options.environment);
    const command = findProgram(app, environment);
    // Shells and getcwd() callers believe PWD.
    if (app.workingDirectory !== undefined) environment["PWD"] = command.directory;
    return { environment, command };
  });
  checkDescriptors(size, (directory === undefined ? 0 : 2) + (options.stdin === "all" ? 1 : 0));
  const output = openOutput(options.output, size, options);
  const terminal = isatty(0);
  const kind = (rank: number) => stdinKind(options.stdin, rank, terminal);
  const job = createJobDirectory();
  const watchdog = startWatchdog(job);
  const streams = plan.ranks.flatMap(({ rank }) => pipeNames(rank, kind(rank), mergeStderr));
  const names = [...CONTROL_PIPES, ...streams];
  const pipes = await makePipes(job.path, names);
  return { apps, output, job, watchdog, wiring: { job, pipes, mergeStderr, stdinKind: kind } };
}
