/** The far end of a link: an agent on its own host, doing what the launcher says. */
import type { Writable } from "node:stream";
import { EXIT } from "@tsmpi/protocol";
import type { Agent } from "../agent/agent.js";
import { localAgent } from "../agent/local.js";
import { LaunchProblem } from "../problem.js";
import type { Assignment } from "../agent/assignment.js";
import { openPort, reach } from "./examined.js";
import type { AgentLink, ToAgent } from "./messages.js";
import { openRemoteOutput } from "./outflow.js";

/** What there is of an agent's own environment that ranks do not inherit. */
const OWN_VARIABLES = /^SSH_/;

/**
 * Serves a launcher until it has dissolved the agent or is lost; resolves when nothing of the job is
 * left on this host.
 */
export function serve(link: AgentLink): Promise<void> {
  let agent: Agent | undefined;
  let preparing: Promise<void> | undefined;
  let inputs: ReadonlyMap<number, Writable> = new Map();
  let leaving = false;
  const output = openRemoteOutput(link);

  return new Promise((resolve) => {
    /** The launcher is gone, or this agent has to go. */
    const leave = async (reason: string) => {
      if (leaving) return;
      leaving = true;
      link.send({ type: "leaving", reason });
      await preparing; // what it makes meanwhile has to go as well
      agent?.halt();
      agent?.signal("SIGKILL");
      output.abandon();
      await agent?.dissolve(0);
      link.end();
      resolve();
    };
    const refuse = (error: unknown) => {
      const exitCode = error instanceof LaunchProblem ? error.exitCode : EXIT.failure;
      link.send({ type: "refused", exitCode, message: (error as Error).message });
    };
    const prepare = async (assignment: Assignment) => {
      agent = await localAgent(withOwnEnvironment(assignment), true);
      link.send({ type: "prepared", ports: agent.ports });
    };
    const run = async (agent: Agent) => {
      await agent.run(output, (event) => link.send({ type: "event", event }));
      inputs = agent.inputs();
      for (const [rank, input] of inputs) {
        input.on("error", () => {}); // the rank has closed its input; "close" follows
        input.once("close", () => link.send({ type: "input closed", rank }));
      }
      link.send({ type: "started" });
    };
    const takeInput = (rank: number, bytes: Uint8Array) =>
      inputs.get(rank)?.write(bytes, () => link.send({ type: "input taken", rank, bytes: bytes.byteLength }));
    const hear = (message: ToAgent): void => {
      if (message.type === "plan") return void (preparing = prepare(message.assignment).catch(refuse));
      if (message.type === "suspended") return link.bePatient();
      if (message.type === "open port") return void openPort(link).catch(refuse);
      if (message.type === "reach") return void reach(link, message.hosts).catch(refuse);
      if (message.type === "dissolve" && agent === undefined) return void leave("it was told to");
      if (agent === undefined) return;
      switch (message.type) {
        case "network":
          return void agent.meet(message.network).then(() => link.send({ type: "met" }), refuse);
        case "run":
          return void run(agent);
        case "tell":
          return agent.tell(message.outgoing);
        case "open gate":
          return agent.openGate();
        case "signal":
          return agent.signal(message.signal);
        case "halt":
          return agent.halt();
        case "where":
          return void agent.where(message.detail).then((states) =>
            link.send({
              type: "states",
              question: message.question,
              states: [...states].map(([rank, state]) => [rank, state ?? null] as const),
            }),
          );
        case "usage": {
          const { question } = message;
          return void agent
            .usage()
            .then((usages) => link.send({ type: "usages", question, usages: [...usages] }));
        }
        case "taken":
          return output.taken(message.rank, message.stream, message.bytes);
        case "input ends":
          return void inputs.get(message.rank)?.end();
        case "dissolve":
          return void agent.dissolve(message.graceSeconds).then(() => {
            leaving = true;
            link.send({ type: "dissolved" });
            resolve();
          });
      }
    };
    link.handOver({
      message: hear,
      bytes: (_stream, rank, bytes) => void takeInput(rank, bytes),
      closed: (reason) => void leave(reason),
    });
    for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
      process.on(signal, () => void leave(`its agent was told to end (${signal})`));
    }
    process.on("SIGHUP", () => {}); // the end of the session that started it means nothing
  });
}

/** What this host sets up for its users, below what comes from the launcher. */
function withOwnEnvironment(assignment: Assignment): Assignment {
  if (Object.keys(assignment.environment).length === 0) return assignment;
  const own = Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name));
  return { ...assignment, environment: { ...Object.fromEntries(own), ...assignment.environment } };
}
