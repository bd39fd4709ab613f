/** The launcher's end of an agent on another host. */
import { setTimeout as delay } from "node:timers/promises";
import { EXIT, type RankState } from "@tsmpi/protocol";
import type { Agent, AgentEvent } from "../agent/agent.js";
import type { Usage } from "../agent/usage.js";
import type { Assignment } from "../agent/assignment.js";
import type { Output } from "../forwarding/output.js";
import type { ByteStream } from "../link/frames.js";
import { LaunchProblem } from "../problem.js";
import { openInflow, type Inflow } from "./inflow.js";
import { openRemoteInput, type RemoteInput } from "./input.js";
import type { FromAgent, LauncherLink } from "./messages.js";
import { Questions } from "./questions.js";

/** How long an exit report waits for the rank's last words. */
const LAST_WORDS_MILLISECONDS = 200;

/** Gives an agent that has said hello its assignment. Rejects with a LaunchProblem if it cannot be done there. */
export async function remoteAgent(
  link: LauncherLink,
  assignment: Assignment,
  addresses: readonly string[],
): Promise<Agent> {
  const { host, ranks, mergeStderr } = assignment;
  const living = new Set<number>();
  const inputs = new Map<number, RemoteInput>();
  const flows = new Map<string, { readonly flow: Inflow; readonly done: Promise<void> }>();
  const states = new Questions<ReadonlyMap<number, RankState | undefined>>(
    () => new Map([...living].map((rank) => [rank, undefined])),
  );
  const usages = new Questions<ReadonlyMap<number, Usage>>(() => new Map());
  let emit: (event: AgentEvent) => void = () => {};
  let answer: { resolve: (message: FromAgent) => void; reject: (error: Error) => void } | undefined;
  let running = false;
  let over: (() => void) | undefined;
  let lostBecause: string | undefined;

  const ask = (message: Parameters<LauncherLink["send"]>[0]) => {
    if (lostBecause !== undefined) return Promise.reject(lost(lostBecause));
    link.send(message);
    return new Promise<FromAgent>((resolve, reject) => (answer = { resolve, reject }));
  };
  const lost = (reason: string) => new LaunchProblem(EXIT.failure, `host ${host} was lost: ${reason}`);
  const answered = (message: FromAgent) => {
    const waiting = answer;
    answer = undefined;
    if (message.type === "refused")
      waiting?.reject(new LaunchProblem(message.exitCode, `${host}: ${message.message}`));
    else waiting?.resolve(message);
  };
  const note = (event: AgentEvent) => {
    if (event.type === "exited") living.delete(event.exit.rank);
    if (event.type === "unstartable") living.delete(event.rank);
    if (event.type === "empty") running = false;
    emit(event);
  };
  const hear = (message: FromAgent) => {
    switch (message.type) {
      case "event":
        return note(message.event);
      case "states":
        return states.answer(
          message.question,
          new Map(message.states.map(([r, state]) => [r, state ?? undefined])),
        );
      case "usages":
        return usages.answer(message.question, new Map(message.usages));
      case "input taken":
        return inputs.get(message.rank)?.taken(message.bytes);
      case "input closed":
        return inputs.get(message.rank)?.close();
      case "output ends":
        return flows.get(`${message.rank} ${message.stream}`)?.flow.end();
      case "leaving":
        return link.close(message.reason);
      case "dissolved":
        link.end();
        return over?.();
      default:
        return answered(message);
    }
  };
  const gone = (reason: string) => {
    lostBecause = reason;
    answer?.reject(lost(reason));
    for (const { flow } of flows.values()) flow.end();
    for (const input of inputs.values()) input.close();
    states.giveUp();
    usages.giveUp();
    if (running) {
      running = false;
      const ranks = [...living];
      living.clear();
      emit({ type: "lost", ranks, reason });
    }
    over?.();
  };
  link.handOver({
    message: hear,
    bytes: (stream: ByteStream, rank, bytes) => flows.get(`${rank} ${stream}`)?.flow.push(bytes),
    closed: gone,
  });
  if (link.closed) gone("the connection has ended");
  const prepared = await ask({ type: "plan", assignment });
  const ports = prepared.type === "prepared" ? prepared.ports : [];

  const receive = (output: Output, rank: number, stream: "stdout" | "stderr") => {
    const flow = openInflow((bytes) => link.send({ type: "taken", rank, stream, bytes }));
    flows.set(`${rank} ${stream}`, { flow, done: output.forward(rank, stream, flow.readable) });
  };

  return {
    host,
    directory: undefined,
    ports,
    addresses,
    async meet(network) {
      await ask({ type: "network", network });
    },
    async run(output, onEvent) {
      emit = onEvent;
      running = true;
      for (const [index, { rank }] of ranks.entries()) {
        living.add(rank);
        receive(output, rank, "stdout");
        if (!mergeStderr) receive(output, rank, "stderr");
        if (assignment.stdin[index] === "pipe") inputs.set(rank, openRemoteInput(link, rank));
      }
      if (lostBecause !== undefined) return gone(lostBecause);
      // If the host is lost meanwhile, `lost` has been emitted.
      await ask({ type: "run" }).catch(() => {});
    },
    inputs: () => new Map([...inputs].map(([rank, { writable }]) => [rank, writable])),
    tell: (outgoing) => link.send({ type: "tell", outgoing }),
    openGate: () => link.send({ type: "open gate" }),
    signal(signal) {
      link.send({ type: "signal", signal });
      if (signal === "SIGSTOP") link.send({ type: "suspended" });
    },
    halt: () => link.send({ type: "halt" }),
    living: () => [...living],
    where: (detail) => states.ask((question) => link.send({ type: "where", question, detail })),
    usage: () => usages.ask((question) => link.send({ type: "usage", question })),
    async outputOf(rank) {
      const ends = (["stdout", "stderr"] as const).map((stream) => flows.get(`${rank} ${stream}`)?.done);
      await Promise.race([Promise.all(ends), delay(LAST_WORDS_MILLISECONDS)]);
    },
    async dissolve(graceSeconds) {
      if (lostBecause === undefined) {
        link.send({ type: "dissolve", graceSeconds });
        await new Promise<void>((resolve) => (over = resolve));
      }
      await Promise.all([...flows.values()].map(({ done }) => done));
    },
  };
}
