/** Starts agents and takes them in as they dial back; what becomes of each host is told as it happens. */
import { EXIT } from "@tsmpi/protocol";
import { Link } from "../link/link.js";
import { encodeTicket, type Ticket } from "../link/ticket.js";
import { listenForAgents } from "../link/tls.js";
import type { Reporter } from "../options.js";
import { LaunchProblem } from "../problem.js";
import type { Condition } from "../agent/condition.js";
import type { FromAgent, LauncherLink, ToAgent } from "../remote/messages.js";
import { PROGRESS_MS, waitingLine, type Waiting } from "./progress.js";
import type { AgentCommand, RemoteHost, StartedAgents, Starter, StarterOptions } from "./starter.js";

/** An agent that has dialled back. */
export interface ConnectedAgent {
  readonly link: LauncherLink;
  readonly addresses: readonly string[];
  readonly condition: Condition;
}

/** How agents are started and recognised. */
export interface SummonOptions {
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
}

/** Told once for each host. A host that has connected may fail later. */
export interface SummonEvents {
  connected(host: string, agent: ConnectedAgent): void;
  /** Somebody has killed what holds agents that have connected; `how` is a clause. */
  killed?(how: string): void;
  /** `host` undefined: the starter as a whole. */
  failed(host: string | undefined, problem: LaunchProblem): void;
}

/** Agents that are being started. */
export interface Summons {
  readonly started: StartedAgents;
  /** Nobody else is waited for, and nobody else may connect. */
  close(): void;
}

/** Begins; the caller closes when it has heard enough. */
export async function summon(
  hosts: readonly RemoteHost[],
  options: SummonOptions,
  events: SummonEvents,
): Promise<Summons> {
  const { starter, ticket, version, reporter, timeoutSeconds } = options;
  const waiting = new Map<string, Waiting>(hosts.map(({ host }) => [host, { host, phase: starter.name }]));
  const fail = (host: string | undefined, message: string) => {
    if (host !== undefined) waiting.delete(host);
    events.failed(host, new LaunchProblem(EXIT.failure, message));
  };
  const greet = (link: LauncherLink, hello: FromAgent): string | undefined => {
    if (hello.type !== "hello" || !waiting.has(hello.host)) {
      link.close("nobody waits for it");
      return undefined;
    }
    const { host } = hello;
    if (hello.version !== version) {
      link.close("it has another version");
      fail(
        host,
        `${host} has tsmpi ${hello.version}, this host ${version}: install the same version on both`,
      );
      return undefined;
    }
    if (ticket.iface !== undefined && hello.addresses.length === 0) {
      link.close("it has no address to offer");
      fail(host, `--iface ${ticket.iface}: ${host} has no address there; see \`ip address\` on it`);
      return undefined;
    }
    waiting.delete(host);
    reporter.detail(`${host} is connected (agent ${hello.pid})`);
    events.connected(host, { link, addresses: hello.addresses, condition: hello.condition });
    return host;
  };
  const listening = await listenForAgents(ticket, (stream) => {
    let host: string | undefined;
    const link: LauncherLink = new Link<ToAgent, FromAgent>(stream, {
      message(message) {
        if (host !== undefined && message.type === "leaving") link.close(message.reason);
        else host = greet(link, message);
      },
      bytes: () => {},
      closed(reason) {
        if (host !== undefined) fail(host, `host ${host} was lost while the job was starting: ${reason}`);
      },
    });
  });
  const began = performance.now();
  const line = encodeTicket({ ...ticket, port: listening.port });
  options.publish(line);
  const started = starter.start(hosts, options.command, line, options.starterOptions, {
    phase: (host, phase) => void (waiting.has(host) && waiting.set(host, { host, phase })),
    failed({ host, message, words, killed }) {
      const come = host === undefined ? waiting.size === 0 : !waiting.has(host);
      if (come && killed !== undefined) return events.killed?.(killed);
      if (host !== undefined && come) return;
      fail(host, words === "" ? message : `${message}\n${indented(words)}`);
    },
    output: (host, text) => reporter.detail(`${host ?? starter.name}: ${text}`),
  });
  const late = setTimeout(() => {
    // One that does not come up may keep others from dialling: srun hands out its input when all have started.
    const isStarted = ({ phase }: Waiting) => phase.startsWith("agent:");
    const late = [...waiting.values()].sort((a, b) => Number(isStarted(a)) - Number(isStarted(b)));
    for (const { host, phase } of late) fail(host, tooLate(host, phase, timeoutSeconds));
  }, timeoutSeconds * 1e3);
  const progress = setInterval(() => {
    const seconds = (performance.now() - began) / 1e3;
    if (waiting.size > 0) reporter.progress(waitingLine([...waiting.values()], hosts.length, seconds));
  }, PROGRESS_MS);
  return {
    started,
    close() {
      clearTimeout(late);
      clearInterval(progress);
      reporter.progress(undefined);
      listening.close();
    },
  };
}

function tooLate(host: string, phase: string, seconds: number): string {
  return `${host} did not connect within ${seconds} s (--connect-timeout); it was at: ${phase}. \`tsmpirun doctor\` says more`;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}
