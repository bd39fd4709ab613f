/** From a list of hosts to a link with an agent on each. */
import { EXIT } from "@tsmpi/protocol";
import { Link } from "../link/link.js";
import { encodeTicket, type Ticket } from "../link/ticket.js";
import { listenForAgents } from "../link/tls.js";
import type { Reporter } from "../options.js";
import { LaunchProblem } from "../problem.js";
import type { FromAgent, LauncherLink, ToAgent } from "../remote/messages.js";
import { waitingLine, type Waiting } from "./progress.js";
import type { AgentCommand, RemoteHost, StartedAgents, Starter, StarterOptions } from "./starter.js";

const PROGRESS_MS = 5_000;

/** An agent that has dialled back. */
export interface ConnectedAgent {
  readonly link: LauncherLink;
  readonly addresses: readonly string[];
}

export interface ConnectOptions {
  readonly starter: Starter;
  readonly command: AgentCommand;
  readonly starterOptions: StarterOptions;
  /** Name and key of the job, and where the launcher can be reached. */
  readonly ticket: Omit<Ticket, "port">;
  /** Called with the ticket when it is known, before the starter starts anything. */
  readonly publish: (ticket: string) => void;
  /** Of this program; agents must be of the same. */
  readonly version: string;
  readonly timeoutSeconds: number;
  readonly reporter: Reporter;
  /** Rejects when the user has changed their mind. */
  readonly interrupted: Promise<never>;
}

/**
 * Starts an agent on each host; resolves, in the order of the hosts, when all have dialled back.
 * Rejects with a LaunchProblem about the first host that fails or the last that is late; nothing
 * goes on then.
 */
export async function connectAgents(
  hosts: readonly RemoteHost[],
  options: ConnectOptions,
): Promise<{ readonly agents: readonly ConnectedAgent[]; readonly started: StartedAgents }> {
  const { starter, ticket, version, reporter, timeoutSeconds } = options;
  const waiting = new Map<string, Waiting>(hosts.map(({ host }) => [host, { host, phase: starter.name }]));
  const connected = new Map<string, ConnectedAgent>();
  let succeed: () => void;
  let fail: (error: LaunchProblem) => void;
  const all = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  const greet = (link: LauncherLink, hello: FromAgent) => {
    if (hello.type !== "hello" || !waiting.delete(hello.host)) return link.close("nobody waits for it");
    if (hello.version !== version) fail(differentVersion(hello.host, hello.version, version));
    connected.set(hello.host, { link, addresses: hello.addresses });
    reporter.detail(`${hello.host} is connected (agent ${hello.pid})`);
    if (waiting.size === 0) succeed();
  };
  const listening = await listenForAgents(ticket, (stream) => {
    const link: LauncherLink = new Link<ToAgent, FromAgent>(stream, {
      message: (message) => greet(link, message),
      bytes: () => {},
      closed: (reason) => {
        for (const [host, agent] of connected) if (agent.link === link) fail(lost(host, reason));
      },
    });
  });
  const began = performance.now();
  const line = encodeTicket({ ...ticket, port: listening.port });
  options.publish(line);
  const started = starter.start(hosts, options.command, line, options.starterOptions, {
    phase: (host, phase) => void (waiting.has(host) && waiting.set(host, { host, phase })),
    failed({ host, message, words }) {
      if (host !== undefined && !waiting.has(host)) return;
      fail(new LaunchProblem(EXIT.failure, words === "" ? message : `${message}\n${indented(words)}`));
    },
    output: (host, text) => reporter.detail(`${host ?? starter.name}: ${text}`),
  });
  const late = setTimeout(() => fail(tooLate([...waiting.values()], timeoutSeconds)), timeoutSeconds * 1e3);
  const progress = setInterval(
    () =>
      reporter.progress(waitingLine([...waiting.values()], hosts.length, (performance.now() - began) / 1e3)),
    PROGRESS_MS,
  );
  try {
    await Promise.race([all, options.interrupted]);
    return { agents: hosts.map(({ host }) => connected.get(host)!), started };
  } catch (error) {
    started.stop();
    for (const { link } of connected.values()) link.close("the job does not start");
    throw error;
  } finally {
    clearTimeout(late);
    clearInterval(progress);
    listening.close();
  }
}

function differentVersion(host: string, theirs: string, ours: string): LaunchProblem {
  return new LaunchProblem(
    EXIT.failure,
    `${host} has tsmpi ${theirs} where this host has ${ours}: install the same version on both`,
  );
}

function lost(host: string, reason: string): LaunchProblem {
  return new LaunchProblem(EXIT.failure, `host ${host} was lost while the job was starting: ${reason}`);
}

function tooLate(waiting: readonly Waiting[], seconds: number): LaunchProblem {
  const [first] = waiting;
  const others = waiting.length === 1 ? "" : ` (nor did ${waiting.length - 1} others)`;
  return new LaunchProblem(
    EXIT.failure,
    `${first!.host} did not connect within ${seconds} s (--connect-timeout)${others}; it was at: ${first!.phase}. ` +
      `tsmpirun doctor shows what is wrong with a host`,
  );
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}
