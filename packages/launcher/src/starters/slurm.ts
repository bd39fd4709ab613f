import { classify } from "./failures.js";
import { components, parseVersion, stepOptions, withoutWishes, type Component } from "./slurm-environment.js";
import { startGuard } from "./guard.js";
import { accountOfStep } from "./slurm-step.js";
import type { Starter } from "./starter.js";
import { endPatiently, startTool, type ToolProcess } from "./tool.js";

/**
 * TERM to srun is KILL to its tasks and their watchdogs, and nobody cleans up: agents get this long to end by
 * themselves, in seconds, also when the launcher is killed.
 */
const PATIENCE = 2;
/** The same where an agent may have been stopped: its watchdog ends it at most so long after the launcher has given it up. */
const SILENT_PATIENCE = 4;
/** A host that does not answer keeps srun from ending; the controller has heard of its end within milliseconds. */
const GRACE = 1;

/**
 * One srun for all hosts (in a heterogeneous job, for those of each component), with a task on
 * each. It hands its standard input to every task, and the agents know their hosts by
 * SLURMD_NODENAME.
 */
export const slurm: Starter = {
  name: "slurm",
  start(hosts, command, ticket, options, events) {
    const environment = withoutWishes(options.environment);
    const running = new Set<ToolProcess>();
    const guard = startGuard(PATIENCE);
    let stopped = false;

    const run = async (words: readonly string[], input: string, onLine: (line: string) => void) => {
      const process = startTool(words, { environment, input, guard, onLine: (_, line) => onLine(line) });
      running.add(process);
      const exit = await process.ended;
      running.delete(process);
      return exit;
    };
    const step = async (component: Component, options: readonly string[]) => {
      const names = component.hosts.map(({ host }) => host);
      for (const host of names) events.phase(host, "srun: making a job step");
      const account = accountOfStep(names, command, events, () => stopped);
      const words = ["srun", ...options, ...command.words, "--ticket", "-"];
      await account.close(await run(words, `${ticket}\n`, account.onLine));
    };
    const steps = async () => {
      let said = "";
      const exit = await run(["srun", "--version"], "", (line) => (said += `${line}\n`));
      if (stopped) return;
      if (exit.error !== undefined) {
        events.failed(
          classify({ ...exit, tool: "srun", host: undefined, lines: [], command: command.words }),
        );
        return;
      }
      const version = parseVersion(said);
      const parts = components(hosts, options.environment);
      await Promise.all(parts.map((component) => step(component, stepOptions(component, version))));
    };

    const ended = steps().finally(guard.dismiss);
    return {
      ended,
      stop(lost) {
        if (stopped) return;
        stopped = true;
        guard.dismiss(); // a launcher that has ended may leave a srun without tasks to itself
        const patience = { gone: 0, unreachable: 0, silent: SILENT_PATIENCE, none: PATIENCE }[lost ?? "none"];
        void endPatiently(running, patience, ended, GRACE);
      },
    };
  },
};
