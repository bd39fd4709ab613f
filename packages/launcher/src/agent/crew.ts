/** All agents of a job as one: the exchange of its ranks, its input and its output. */
import type { Plan, RankState, Tally } from "@tsmpi/protocol";
import { copyInput, type InputCopy } from "../forwarding/input.js";
import type { Output } from "../forwarding/output.js";
import { createExchange } from "../rendezvous/exchange.js";
import type { Detail } from "../rendezvous/inquiries.js";
import type { Outgoing } from "../rendezvous/outgoing.js";
import type { Agent, AgentEvent } from "./agent.js";
import type { Usage } from "./usage.js";

/** What happens in a job. */
export type CrewEvent =
  | (Exclude<AgentEvent, { readonly type: "empty" | "said" }> & { readonly host: string })
  /** A rank takes part in communication. */
  | { readonly type: "hello"; readonly rank: number }
  /** Somebody has killed what holds agents of other hosts; `how` is a clause. */
  | { readonly type: "starter killed"; readonly how: string }
  /** See {@link Crew.stalled}. May be said again. */
  | { readonly type: "stalled" }
  /** Every rank has finalized or left; what collectives they have called, if they have told. */
  | { readonly type: "finished"; readonly tallies: ReadonlyMap<number, readonly Tally[]> }
  /** No rank of the job runs. */
  | { readonly type: "empty" };

/** The agents of a job. Its methods are called in the order in which they stand here. */
export interface Crew {
  /** The job's directory on this host, if it has ranks here. */
  readonly directory: string | undefined;
  /** Starts the ranks; returns when all are started, or `halt` was called. */
  run(output: Output, onEvent: (event: CrewEvent) => void): Promise<void>;
  /** Sends a signal to the process group of every rank that runs. STOP and CONT hold the input, too. */
  signal(signal: NodeJS.Signals): void;
  /** Starts no more ranks. */
  halt(): void;
  /** Tells the others that a rank has failed, and that the job goes on; `how` completes "rank 3 ". */
  failed(rank: number, how: string): void;
  /** Ranks that have failed, and whose failure some rank's program knows of. */
  readonly noticed: ReadonlySet<number>;
  /** The ranks whose process runs. */
  living(): readonly number[];
  /** True while every rank that is not finished has been blocked for long. */
  stalled(): boolean;
  /** At the end, pairs of ranks of which the first never read all messages that the second has sent it. */
  unread(): readonly (readonly [receiver: number, sender: number])[];
  /** Where those ranks are that take part in communication; undefined: no answer. Answers follow the question. */
  where(detail: Detail): Promise<ReadonlyMap<number, RankState | undefined>>;
  /** What the processes of ranks use. */
  usage(): Promise<ReadonlyMap<number, Usage>>;
  /** Resolves when what a rank that has ended wrote is in the hands of the sinks (or soon). */
  outputOf(rank: number): Promise<void>;
  /** Ends what the ranks left behind, drains their output, removes every trace of the job. */
  dissolve(graceSeconds: number): Promise<void>;
  /**
   * Instead of waiting for `dissolve`, before this process ends: resolves when that is clean which neither a
   * watchdog nor an agent is left to clean.
   */
  abandon(): Promise<void>;
}

/** Makes a crew of the agents of a plan's hosts; `agents[i]` is that of the plan's host i. */
export function assemble(agents: readonly Agent[], plan: Plan): Crew {
  const agentOf = (rank: number): Agent => agents[plan.ranks[rank]!.hostIndex]!;
  const exchange = createExchange(plan.ranks.length);
  let input: InputCopy | undefined;
  let output: Output | undefined;
  let full = agents.length;

  const tell = (outgoing: readonly Outgoing[]) => {
    const parts = new Map<Agent, Outgoing[]>();
    for (const one of outgoing) {
      const agent = agentOf(one.to);
      const part = parts.get(agent);
      if (part === undefined) parts.set(agent, [one]);
      else part.push(one);
    }
    for (const [agent, part] of parts) agent.tell(part);
    if (exchange.over) for (const agent of agents) agent.openGate();
  };

  return {
    directory: agents.find(({ directory }) => directory !== undefined)?.directory,
    async run(into, onEvent) {
      output = into;
      await Promise.all(
        agents.map((agent) =>
          agent.run(into, (event) => {
            if (event.type === "said") {
              const wasOver = exchange.over;
              tell(exchange.hear(event.rank, event.said));
              if (exchange.over && !wasOver) onEvent({ type: "finished", tallies: exchange.tallies });
              if (event.said.type === "hello") onEvent({ type: "hello", rank: event.rank });
              if (exchange.stalled) onEvent({ type: "stalled" });
            } else if (event.type !== "empty") onEvent({ ...event, host: agent.host });
            if ((event.type === "empty" || event.type === "lost") && --full === 0) onEvent({ type: "empty" });
          }),
        ),
      );
      const receivers = agents.flatMap((agent) => [...agent.inputs().values()]);
      if (receivers.length > 0) input = copyInput(receivers);
    },
    signal(signal) {
      if (signal === "SIGSTOP") input?.pause();
      for (const agent of agents) agent.signal(signal);
      if (signal === "SIGCONT") input?.resume();
    },
    halt() {
      for (const agent of agents) agent.halt();
    },
    failed: (rank, how) => tell(exchange.failed(rank, how)),
    noticed: exchange.noticed,
    living: () => agents.flatMap((agent) => agent.living()),
    stalled: () => exchange.stalled,
    unread: () => exchange.unread(),
    async where(detail) {
      const answers = await Promise.all(agents.map((agent) => agent.where(detail)));
      return new Map(answers.flatMap((answer) => [...answer]));
    },
    async usage() {
      const usages = await Promise.all(agents.map((agent) => agent.usage()));
      return new Map(usages.flatMap((usage) => [...usage]));
    },
    outputOf: (rank) => agentOf(rank).outputOf(rank),
    async dissolve(graceSeconds) {
      input?.stop();
      await Promise.all(agents.map((agent) => agent.dissolve(graceSeconds)));
      await output?.close();
    },
    abandon: () => Promise.resolve(),
  };
}
