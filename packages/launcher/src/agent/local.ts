/** The agent of the host it runs on: in the launcher's own process, or at the far end of a link. */
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { EXIT, type RankPlan } from "@tsmpi/protocol";
import type { Output } from "../forwarding/output.js";
import { ownAddresses } from "../network/addresses.js";
import { listenForRanks } from "../rendezvous/server.js";
import type { Agent, AgentEvent, StartError } from "./agent.js";
import type { Assignment } from "./assignment.js";
import { removeJobDirectory } from "./directory.js";
import { sweepLeftovers } from "./leftovers.js";
import { LaunchProblem } from "../problem.js";
import { meet } from "./meeting.js";
import { outOfMemoryKills } from "./memory.js";
import { prepare } from "./prepare.js";
import { sendSignal } from "./processes.js";
import { startRank, type RankProcess } from "./ranks.js";
import { drained, type RunningStream } from "./streams.js";
import { endSurvivors } from "./survivors.js";
import { usageOf } from "./usage.js";

/** How long an exit report waits for the rank's last words. */
const LAST_WORDS_MILLISECONDS = 100;

/**
 * Prepares this host; throws a LaunchProblem before anything of the user's has been started.
 *
 * @param guarded for an agent on another host: if its process is stopped and the ranks are not, it has
 *   been given up by its launcher and ends, with the ranks. A launcher may be stopped by its user.
 */
export async function localAgent(assignment: Assignment, guarded = false): Promise<Agent> {
  const { job, watchdog, apps, bindings, wiring, listeners } = await prepare(assignment, guarded);
  const { host, size, hostOf } = assignment;
  const listenerOf = new Map(assignment.ranks.map(({ rank }, index) => [rank, listeners[index]]));
  const memoryKills = outOfMemoryKills();
  const running = new Map<number, RankProcess>();
  const streams = new Map<number, RunningStream[]>();
  let emit: (event: AgentEvent) => void = () => {};
  let starting = true;
  let halted = false;

  const server = listenForRanks(job.path, size, {
    said: (rank, said) => emit({ type: "said", rank, said }),
    leftOver: (rank, leftovers) => emit({ type: "left over", rank, leftovers }),
    aborted: (rank, code, reason) => emit({ type: "aborted", rank, code, reason }),
  });
  /** Removes what there is of the job but its processes. */
  const clear = () => {
    server.close();
    removeJobDirectory(job.path);
    for (const listener of listeners) listener.close();
    watchdog.dismiss();
  };
  await server.listening.catch((error: NodeJS.ErrnoException) => {
    clear();
    const why = `no socket can be made in ${job.path} (${error.code})`;
    throw new LaunchProblem(EXIT.failure, `${why}: make room there, or set TMPDIR to a directory with room`);
  });

  const lost = (rank: number, event: AgentEvent) => {
    running.delete(rank);
    emit(event);
    if (!starting && running.size === 0) emit({ type: "empty" });
  };
  const start = (rankPlan: RankPlan, output: Output) => {
    const { rank, app } = rankPlan;
    const { command: free, environment } = apps[app]!;
    const command = bindings.confine(rankPlan, free);
    if (assignment.reportBindings) emit({ type: "bound", rank, where: bindings.describe(rankPlan) });
    const began = performance.now();
    const listener = listenerOf.get(rank);
    const crossing =
      hostOf === undefined || listener === undefined ? undefined : { hosts: hostOf, listenFd: listener.fd };
    const rankProcess = attempt(() =>
      startRank(rankPlan, assignment, command, environment, wiring, crossing),
    );
    listener?.close();
    if (rankProcess instanceof Error)
      return lost(rank, { type: "unstartable", rank, error: told(rankProcess) });
    const { child, stdout, stderr } = rankProcess;
    running.set(rank, rankProcess);
    streams.set(rank, [
      { source: stdout, done: output.forward(rank, "stdout", stdout) },
      ...(stderr === undefined ? [] : [{ source: stderr, done: output.forward(rank, "stderr", stderr) }]),
    ]);
    child.once("error", (error) => lost(rank, { type: "unstartable", rank, error: told(error) }));
    const { pid } = child;
    if (pid === undefined) return;
    watchdog.started(rank, pid);
    child.once("exit", (code, signal) => {
      const exit = { rank, pid, code, signal, seconds: (performance.now() - began) / 1e3 };
      const outOfMemory = signal === "SIGKILL" && outOfMemoryKills() > memoryKills;
      watchdog.ended(rank);
      void server.silent(rank).then(() => {
        if (code === 0) emit({ type: "said", rank, said: { type: "left" } });
        lost(rank, { type: "exited", exit, outOfMemory });
      });
    });
  };

  return {
    host,
    directory: job.path,
    ports: listeners.map(({ port }) => port),
    addresses: hostOf === undefined ? [] : ownAddresses(assignment.iface),
    meet: (network) => meet(network, job.path, hostOf![assignment.ranks[0]!.rank]!),
    async run(output, onEvent) {
      emit = onEvent;
      for (const rankPlan of assignment.ranks) {
        if (halted) break;
        start(rankPlan, output);
        // On a busy machine a start takes long, and ranks that run already have questions.
        await nextTurn();
      }
      starting = false;
      emit({ type: "spawned", ranks: streams.size });
      if (running.size === 0) emit({ type: "empty" });
      sweepLeftovers();
    },
    inputs: () =>
      new Map([...running].flatMap(([rank, { stdin }]) => (stdin === undefined ? [] : [[rank, stdin]]))),
    tell: (outgoing) => server.tell(outgoing),
    openGate: () => server.openGate(),
    signal(signal) {
      for (const { child } of running.values()) {
        if (child.pid !== undefined && isRunning(child)) sendSignal(-child.pid, signal);
      }
    },
    halt: () => void (halted = true),
    living: () => [...running].filter(([, { child }]) => isRunning(child)).map(([rank]) => rank),
    usage() {
      const usages = [...running].flatMap(([rank, { child }]) => {
        const usage = child.pid === undefined ? undefined : usageOf(child.pid);
        return usage === undefined ? [] : [[rank, usage] as const];
      });
      return Promise.resolve(new Map(usages));
    },
    where: (detail) => server.where(detail),
    async outputOf(rank) {
      const ends = Promise.all((streams.get(rank) ?? []).map(({ done }) => done));
      await Promise.race([ends, delay(LAST_WORDS_MILLISECONDS)]);
    },
    async dissolve(graceSeconds) {
      await endSurvivors(job.jobId, graceSeconds);
      await drained([...streams.values()].flat());
      clear();
    },
  };
}

/** The number of a process that has been reaped may already be somebody else's. */
function isRunning(child: RankProcess["child"]): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function told({ code, message }: NodeJS.ErrnoException): StartError {
  return { code, message };
}

/** Some failures to start a process are thrown, others arrive as events. */
function attempt<T>(action: () => T): T | NodeJS.ErrnoException {
  try {
    return action();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
