/** The agent of the launcher's own host, in the launcher's own process. */
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { Plan, RankPlan } from "@tsmpi/protocol";
import { copyInput, type InputCopy } from "../forwarding/input.js";
import type { LaunchOptions } from "../options.js";
import { listenForRanks } from "../rendezvous/server.js";
import type { Agent, AgentEvent } from "./agent.js";
import { removeJobDirectory } from "./directory.js";
import { sweepLeftovers } from "./leftovers.js";
import { outOfMemoryKills } from "./memory.js";
import { prepare } from "./prepare.js";
import { sendSignal } from "./processes.js";
import { startRank, type RankProcess } from "./ranks.js";
import { drained, type RunningStream } from "./streams.js";
import { endSurvivors } from "./survivors.js";

/** How long an exit report waits for the rank's last words. */
const LAST_WORDS_MILLISECONDS = 100;

/** Prepares this host; throws a LaunchProblem before anything of the user's has been started. */
export async function localAgent(plan: Plan, host: string, options: LaunchOptions): Promise<Agent> {
  const { job, watchdog, output, apps, wiring } = await prepare(plan, options);
  const size = plan.ranks.length;
  const memoryKills = outOfMemoryKills();
  const running = new Map<number, RankProcess>();
  const streams = new Map<number, RunningStream[]>();
  let emit: (event: AgentEvent) => void = () => {};
  let starting = true;
  let halted = false;
  let input: InputCopy | undefined;

  const server = listenForRanks(job.path, size, {
    hello: (rank) => emit({ type: "hello", rank }),
    aborted: (rank, code, reason) => emit({ type: "aborted", rank, code, reason }),
  });

  const lost = (rank: number, event: AgentEvent) => {
    running.delete(rank);
    emit(event);
    if (!starting && running.size === 0) emit({ type: "empty" });
  };
  const start = (rankPlan: RankPlan) => {
    const { rank, app } = rankPlan;
    const { command, environment } = apps[app]!;
    const began = performance.now();
    const rankProcess = attempt(() => startRank(rankPlan, size, command, environment, wiring));
    if (rankProcess instanceof Error) return lost(rank, { type: "unstartable", rank, error: rankProcess });
    const { child, stdout, stderr } = rankProcess;
    running.set(rank, rankProcess);
    streams.set(rank, [
      { source: stdout, done: output.forward(rank, "stdout", stdout) },
      ...(stderr === undefined ? [] : [{ source: stderr, done: output.forward(rank, "stderr", stderr) }]),
    ]);
    child.once("error", (error) => lost(rank, { type: "unstartable", rank, error }));
    const { pid } = child;
    if (pid === undefined) return;
    watchdog.started(rank, pid);
    child.once("exit", (code, signal) => {
      const exit = { rank, pid, code, signal, seconds: (performance.now() - began) / 1e3 };
      const outOfMemory = signal === "SIGKILL" && outOfMemoryKills() > memoryKills;
      watchdog.ended(rank);
      void server.silent(rank).then(() => {
        if (code === 0) server.left(rank);
        lost(rank, { type: "exited", exit, outOfMemory });
      });
    });
  };

  return {
    host,
    async run(onEvent) {
      emit = onEvent;
      for (const rankPlan of plan.ranks) {
        if (halted) break;
        start(rankPlan);
        // On a busy machine a start takes long, and ranks that run already have questions.
        await nextTurn();
      }
      starting = false;
      const receivers = [...running.values()].flatMap(({ stdin }) => stdin ?? []);
      if (receivers.length > 0) input = copyInput(receivers);
      emit({ type: "spawned", ranks: streams.size });
      if (running.size === 0) emit({ type: "empty" });
      sweepLeftovers();
    },
    signal(signal) {
      if (signal === "SIGSTOP") input?.pause();
      for (const { child } of running.values()) {
        if (child.pid !== undefined && isRunning(child)) sendSignal(-child.pid, signal);
      }
      if (signal === "SIGCONT") input?.resume();
    },
    halt: () => void (halted = true),
    living: () => [...running].filter(([, { child }]) => isRunning(child)).map(([rank]) => rank),
    where: () => server.where(),
    async outputOf(rank) {
      const ends = Promise.all((streams.get(rank) ?? []).map(({ done }) => done));
      await Promise.race([ends, delay(LAST_WORDS_MILLISECONDS)]);
    },
    async dissolve(graceSeconds) {
      input?.stop();
      await endSurvivors(job.jobId, graceSeconds);
      await drained([...streams.values()].flat());
      await output.close();
      server.close();
      removeJobDirectory(job.path);
      watchdog.dismiss();
    },
  };
}

/** The number of a process that has been reaped may already be somebody else's. */
function isRunning(child: RankProcess["child"]): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Some failures to start a process are thrown, others arrive as events. */
function attempt<T>(action: () => T): T | NodeJS.ErrnoException {
  try {
    return action();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
