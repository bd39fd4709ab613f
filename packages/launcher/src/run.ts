/** From the first rank's start to the last trace's removal. */
import type { Plan, Report } from "@tsmpi/protocol";
import type { Agent, AgentEvent } from "./agent/agent.js";
import { describeCause, exitCode, type Cause } from "./lifecycle/cause.js";
import { nextMove, type Action, type Phase, type Trigger } from "./lifecycle/moves.js";
import { listenToSignals } from "./signals.js";
import { describeWhereabouts } from "./lifecycle/whereabouts.js";
import type { LaunchOptions } from "./options.js";
import { phaseTimes } from "./phases.js";

/** Runs the ranks on a prepared agent until none is left, whatever the reason. */
export async function run(agent: Agent, plan: Plan, options: LaunchOptions): Promise<Report> {
  const { reporter, killGrace, timeout } = options;
  const times = phaseTimes(plan.ranks.length, reporter);
  let phase: Phase = "running";
  let cause: Cause | undefined;
  let ended = 0;
  let announcement: Promise<void> | undefined;
  let grace: NodeJS.Timeout | undefined;
  let finish: () => void;
  const over = new Promise<void>((resolve) => (finish = resolve));

  const announce = async (why: Cause, others: number) => {
    if (why.type === "failed") await agent.outputOf(why.exit.rank);
    if (why.type === "aborted") await agent.outputOf(why.rank);
    const line = describeCause(why, others);
    if (line !== undefined) reporter.problem(line);
  };
  const perform = (action: Action) => {
    clearTimeout(grace);
    if (action === "none") return;
    agent.halt();
    agent.signal(`SIG${action}`);
    agent.signal("SIGCONT"); // a stopped process takes nothing but KILL
    if (action !== "KILL") grace = setTimeout(() => trigger("grace"), killGrace * 1e3);
  };
  const trigger = (what: Trigger, why?: Cause) => {
    const move = nextMove(phase, what);
    if (move === undefined) return;
    if (phase === "running" && why !== undefined) {
      cause = why;
      announcement = announce(why, plan.ranks.length - ended - (why.type === "aborted" ? 1 : 0));
    }
    phase = move.phase;
    perform(move.action);
    if (phase === "over") finish();
  };
  const onEvent = (event: AgentEvent) => {
    times.note(event);
    if (event.type === "exited" || event.type === "unstartable") ended++;
    const { host } = agent;
    if (event.type === "empty") trigger("empty");
    else if (event.type === "aborted") trigger("failure", { ...event, host });
    else if (event.type === "unstartable") trigger("failure", { ...event, host });
    else if (event.type === "exited" && event.exit.code !== 0) {
      trigger("failure", { ...event, type: "failed", host });
    }
  };
  /** All that is left then is output that nobody takes; the watchdog cleans up. */
  const dieIfOver = (signal: NodeJS.Signals) => {
    if (phase !== "over") return;
    ignoreSignals();
    process.kill(process.pid, signal);
  };
  const ignoreSignals = listenToSignals({
    interrupt() {
      dieIfOver("SIGINT");
      trigger("interrupt", { type: "signal", signal: "SIGINT" });
    },
    terminate(signal) {
      dieIfOver(signal);
      trigger("terminate", { type: "signal", signal });
    },
    forward: (signal) => agent.signal(signal),
    suspend: () => agent.signal("SIGSTOP"),
  });
  const onDeadline = async (seconds: number) => {
    const states = await agent.where();
    trigger("deadline", {
      type: "deadline",
      seconds,
      whereabouts: describeWhereabouts(agent.living(), states),
    });
  };
  const deadline =
    timeout === undefined ? undefined : setTimeout(() => void onDeadline(timeout), timeout * 1e3);
  for (const sink of [options.stdout, options.stderr]) {
    sink.onFailure = (error) =>
      trigger("failure", error.code === "EPIPE" ? { type: "reader gone" } : { type: "unwritable", error });
  }

  try {
    await agent.run(onEvent);
    await over;
  } catch (error) {
    agent.signal("SIGKILL");
    await agent.dissolve(0);
    throw error;
  }
  clearTimeout(deadline);
  await announcement;
  await agent.dissolve((phase as Phase) === "killing" ? 0 : killGrace);
  ignoreSignals();
  return { code: cause === undefined ? 0 : exitCode(cause), seconds: times.end() };
}
