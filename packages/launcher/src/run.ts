/** From the first rank's start to the last trace's removal. */
import { EXIT, type Leftovers, type Plan, type Report, type Tally } from "@tsmpi/protocol";
import type { Crew, CrewEvent } from "./agent/crew.js";
import { openOutput } from "./forwarding/output.js";
import { describeFaults, describeLeftovers, describeRaces } from "./lifecycle/leftovers.js";
import { describeCause, exitCode, type Cause } from "./lifecycle/cause.js";
import { describeDiscord } from "./lifecycle/discord.js";
import {
  describeLoss,
  describeUnchecked,
  describeUnnoticed,
  firstUnnoticed,
  howOf,
  ranksOf,
  type Loss,
} from "./lifecycle/losses.js";
import { nextMove, type Action, type Phase, type Trigger } from "./lifecycle/moves.js";
import { listenForObservers } from "./ps/server.js";
import { takeSnapshot } from "./ps/snapshot.js";
import { rankTable } from "./ps/words.js";
import { listenToSignals } from "./signals.js";
import type { LaunchOptions } from "./options.js";
import { phaseTimes } from "./phases.js";
import { describeDeadlock } from "./lifecycle/stuck.js";
import { lookForDeadlocks } from "./suspicion.js";

/** Runs the ranks on prepared agents until none is left, whatever the reason. */
export async function run(crew: Crew, plan: Plan, options: LaunchOptions): Promise<Report> {
  const { reporter, killGrace, timeout } = options;
  const times = phaseTimes(plan.ranks.length, reporter);
  let phase: Phase = "running";
  let cause: Cause | undefined;
  let ended = 0;
  let quitting = false;
  let dying = false;
  const leftovers = new Map<number, Leftovers>();
  const losses: Loss[] = [];
  const announcements: Promise<void>[] = [];
  let grace: NodeJS.Timeout | undefined;
  let finish: () => void;
  const over = new Promise<void>((resolve) => (finish = resolve));

  const announce = async (why: Cause, line: string | undefined) => {
    if (why.type === "failed") await crew.outputOf(why.exit.rank);
    if (why.type === "aborted") await crew.outputOf(why.rank);
    if (line !== undefined) reporter.problem(line);
  };
  const perform = (action: Action) => {
    clearTimeout(grace);
    if (action === "none") return;
    crew.halt();
    crew.signal(`SIG${action}`);
    crew.signal("SIGCONT"); // a stopped process takes nothing but KILL
    if (action !== "KILL") grace = setTimeout(() => trigger("grace"), killGrace * 1e3);
  };
  /** Returns whether that means anything in this phase. */
  const trigger = (what: Trigger, why?: Cause): boolean => {
    const move = nextMove(phase, what);
    if (move === undefined) return false;
    if (phase === "running" && why !== undefined) {
      cause = why; // also after a discord: the ranks had not all ended well
      const others = plan.ranks.length - ended - (why.type === "aborted" ? 1 : 0);
      announcements.push(announce(why, describeCause(why, others)));
    }
    phase = move.phase;
    perform(move.action);
    if (phase === "over") finish();
    return true;
  };
  const onFailure = (loss: Loss) => {
    if (options.onFailure === "abort" || !trigger("loss")) return void trigger("failure", loss);
    losses.push(loss);
    for (const rank of ranksOf(loss)) crew.failed(rank, howOf(loss));
    announcements.push(announce(loss, describeLoss(loss, plan.ranks.length - ended)));
  };
  /** The exit code of a job whose last ranks have ended well. */
  const codeAfterLosses = (): number => {
    const unnoticed = firstUnnoticed(losses, crew.noticed);
    if (unnoticed === undefined) return 0;
    const code = exitCode(unnoticed);
    const lost = losses.flatMap(ranksOf).length;
    if (lost < plan.ranks.length) reporter.problem(describeUnnoticed(unnoticed, code));
    return code;
  };
  /** The exit code of a job whose ranks have ended well, and have left this. */
  const blame = (undone: readonly string[]): number => {
    if (undone.length === 0) return 0;
    if (options.check)
      reporter.problem(["ranks have left something undone (--check):", ...undone].join("\n"));
    else reporter.warning(["messages that nobody has received (--check says more):", ...undone].join("\n"));
    return options.check ? EXIT.failure : 0;
  };
  /** Nobody is stopped for it: the ranks are about to end, and may have something left to print. */
  const compare = (tallies: ReadonlyMap<number, readonly Tally[]>) => {
    if (losses.length > 0) return; // from there on each goes its own way
    const sentence = describeDiscord(tallies);
    if (sentence === undefined || phase !== "running") return;
    cause = { type: "discord", sentence };
    announcements.push(announce(cause, describeCause(cause, 0)));
  };
  const onEvent = (event: CrewEvent) => {
    times.note(event);
    if (event.type === "bound") reporter.progress(`rank ${event.rank} on ${event.host}: ${event.where}`);
    if (event.type === "exited" || event.type === "unstartable") ended++;
    if (event.type === "lost") ended += event.ranks.length;
    if (event.type === "finished") compare(event.tallies);
    if (event.type === "left over") leftovers.set(event.rank, event.leftovers);
    if (event.type === "stalled") suspicion?.stalled();
    else if (event.type === "empty") trigger("empty");
    else if (event.type === "aborted" || event.type === "unstartable") trigger("failure", event);
    else if (event.type === "lost") onFailure(event);
    else if (event.type === "starter killed") {
      if (options.onFailure === "abort") trigger("failure", event);
      else reporter.problem(`${event.how}; the job goes on with the hosts that are there`);
    } else if (event.type === "exited" && event.exit.code !== 0) onFailure({ ...event, type: "failed" });
  };
  /**
   * All that is left then is output that nobody takes, which watchdogs clean up after; or a host without a
   * watchdog, which is still to be swept: another signal changes nothing of that.
   */
  const dieIfOver = async (signal: NodeJS.Signals) => {
    if (phase !== "over" || dying) return;
    dying = true;
    await crew.abandon();
    ignoreSignals();
    process.kill(process.pid, signal);
  };
  const ignoreSignals = listenToSignals(options.forwardSignals, {
    interrupt() {
      void dieIfOver("SIGINT");
      trigger("interrupt", { type: "signal", signal: "SIGINT" });
    },
    terminate(signal) {
      void dieIfOver(signal);
      if (signal === "SIGQUIT" && phase === "running" && !quitting) void onQuit();
      else trigger("terminate", { type: "signal", signal });
    },
    forward: (signal) => crew.signal(signal),
    suspend: () => crew.signal("SIGSTOP"),
  });
  const snapshot = () => takeSnapshot(crew, plan, times.seconds());
  const onQuit = async () => {
    quitting = true;
    reporter.problem(["ended by SIGQUIT:", ...rankTable(await snapshot())].join("\n"));
    trigger("terminate", { type: "signal", signal: "SIGQUIT" });
  };
  const onDeadline = async (seconds: number) =>
    trigger("deadline", { type: "deadline", seconds, table: rankTable(await snapshot()) });
  const suspicion =
    options.deadlock === "off"
      ? undefined
      : lookForDeadlocks(crew, plan.ranks.length, (deadlock, states) => {
          const { sentence, table } = describeDeadlock(deadlock, states);
          if (options.deadlock === "abort") trigger("failure", { type: "deadlock", sentence, table });
          else reporter.problem([`${sentence} (--deadlock warn):`, ...table].join("\n"));
        });
  const deadline =
    timeout === undefined ? undefined : setTimeout(() => void onDeadline(timeout), timeout * 1e3);
  for (const sink of [options.stdout, options.stderr]) {
    sink.onFailure = (error) =>
      trigger("failure", error.code === "EPIPE" ? { type: "reader gone" } : { type: "unwritable", error });
  }

  /** What is found only when the last of the output is written. */
  let tooLate: Cause | undefined;
  const onFileFailure = (path: string, error: NodeJS.ErrnoException) => {
    const why = { type: "unwritable", error, path } as const;
    if (!trigger("failure", why)) tooLate ??= why;
  };

  const observers = listenForObservers(crew.directory, snapshot);
  try {
    const output = openOutput(options.output, plan.ranks.length, options, onFileFailure);
    await crew.run(output, onEvent);
    await over;
  } catch (error) {
    observers.close();
    crew.signal("SIGKILL");
    await crew.dissolve(0);
    throw error;
  }
  clearTimeout(deadline);
  suspicion?.stop();
  observers.close();
  await Promise.all(announcements);
  await crew.dissolve((phase as Phase) === "killing" ? 0 : killGrace);
  ignoreSignals();
  const seconds = times.end();
  if (cause === undefined && tooLate !== undefined)
    await announce((cause = tooLate), describeCause(tooLate, 0));
  if (cause !== undefined) return { code: exitCode(cause), seconds };
  if (losses.length > 0) {
    // What others have begun with those that have failed, or before they knew, is left over by right.
    const code = codeAfterLosses();
    if (code !== 0 || !options.check) return { code, seconds };
    reporter.warning(describeUnchecked(losses));
    return { code: blame(describeFaults(leftovers)), seconds };
  }
  const races = describeRaces({ told: leftovers });
  if (races.length > 0) reporter.warning(["messages that race (--check-races):", ...races].join("\n"));
  return { code: blame(describeLeftovers({ told: leftovers, unread: crew.unread() })), seconds };
}
