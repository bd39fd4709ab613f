/** Everything that can be checked and made before the first rank starts. */
import { openListener, type Listener } from "../network/listener.js";
import { CONTROL_PIPES } from "../rendezvous/postbox.js";
import type { Assignment } from "./assignment.js";
import { bindings, type Bindings } from "./binding.js";
import type { JobDirectory } from "./directory.js";
import { appEnvironment } from "./environment.js";
import { createGuardedDirectory } from "./guarded.js";
import { checkDescriptors } from "./limits.js";
import { makePipes } from "./pipes.js";
import { findProgram, type Command } from "./program.js";
import { pipeNames, type Wiring } from "./ranks.js";
import { checkProcesses } from "./room.js";
import { checkScript } from "./script.js";
import type { Watchdog } from "./watchdog.js";

/** A host that is ready to start ranks. */
export interface Preparation {
  /** For each app of the plan, what to execute and with what environment. */
  readonly apps: readonly { readonly command: Command; readonly environment: Record<string, string> }[];
  readonly bindings: Bindings;
  readonly job: JobDirectory;
  readonly watchdog: Watchdog;
  readonly wiring: Wiring;
  /** A listening socket for each rank of the assignment; none in a job on one host. */
  readonly listeners: readonly Listener[];
}

/**
 * Throws a LaunchProblem, having left nothing behind, when the job cannot run here as asked.
 *
 * @param guarded this process is to be ended if it alone is stopped for long
 */
export async function prepare(assignment: Assignment, guarded: boolean): Promise<Preparation> {
  const { jobId, ranks, mergeStderr, hostOf } = assignment;
  const apps = assignment.apps.map((app, index) => {
    const environment = appEnvironment(app, assignment.environment);
    const command = findProgram(app, environment);
    if (!guarded && ranks.some((rank) => rank.app === index)) checkScript(command, environment);
    // Shells and getcwd() callers believe PWD.
    if (app.workingDirectory !== undefined) environment["PWD"] = command.directory;
    return { environment, command };
  });
  const bound = bindings(assignment.host, assignment.bindTo, assignment.reportBindings);
  const filesPerRank = assignment.filesPerRank + (hostOf === undefined ? 0 : 1);
  checkDescriptors(ranks.length, filesPerRank);
  checkProcesses(ranks.map(({ app }) => apps[app]!.command.file));
  const stdin = new Map(ranks.map(({ rank }, index) => [rank, assignment.stdin[index] ?? "empty"]));
  const stdinKind = (rank: number) => stdin.get(rank) ?? "empty";
  const listeners = hostOf === undefined ? [] : await Promise.all(ranks.map(() => openListener("0.0.0.0")));
  const { job, watchdog } = createGuardedDirectory(jobId, guarded);
  const streams = ranks.flatMap(({ rank }) => pipeNames(rank, stdinKind(rank), mergeStderr));
  const pipes = await makePipes(job.path, [...CONTROL_PIPES, ...streams]);
  return { apps, bindings: bound, job, watchdog, listeners, wiring: { job, pipes, mergeStderr, stdinKind } };
}
