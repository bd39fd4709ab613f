/** Tools that are started once for each host. */
import { setTimeout as delay } from "node:timers/promises";
import { classify } from "./failures.js";
import { startGuard } from "./guard.js";
import type { AgentCommand, RemoteHost, StartedAgents, StarterEvents } from "./starter.js";
import { endPatiently, startTool, type ToolProcess } from "./tool.js";
import { turns } from "./turns.js";

/** What a line of a tool's standard error says. */
export interface Progress {
  /** For people: "ssh: authenticating". */
  readonly phase?: string;
  /** The agent's command is on its way: another host may have its turn. */
  readonly connected?: boolean;
}

/** One way of starting a command on a host. */
export interface HostTool {
  /** As people call it. */
  readonly tool: string;
  /** The command line for a host. */
  words(host: RemoteHost): readonly string[];
  readonly input: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** How many may be connecting at the same time. */
  readonly atOnce: number;
  /** Understands the tool's own chatter; undefined for every other line. */
  progress?(line: string): Progress | undefined;
  /** How long to wait before another attempt, after this many that ended with these lines; undefined: it is of no use. */
  retryAfter?(attempts: number, lines: readonly string[]): number | undefined;
  /** False: it must not be ended when the launcher dies. */
  readonly guarded: boolean;
  /** Seconds after `stop` in which processes may end by themselves before they are ended. */
  readonly patience: number;
}

const KEPT_LINES = 40;

/** Starts them all; see Starter. */
export function startOnEach(
  hosts: readonly RemoteHost[],
  tool: HostTool,
  command: AgentCommand,
  events: StarterEvents,
): StartedAgents {
  const running = new Set<ToolProcess>();
  const started = new Set<ToolProcess>(); // those whose agent is on its way, or there
  const stopping = new AbortController();
  const { signal: stopped } = stopping;
  const connecting = turns(tool.atOnce);
  const guard = tool.guarded ? startGuard() : undefined;
  let missing = false;

  /** Runs the tool once; resolves when it has ended. */
  const attempt = async (host: RemoteHost, onConnected: () => void) => {
    const lines: string[] = [];
    const connect = () => {
      started.add(process);
      onConnected();
    };
    const process = startTool(tool.words(host), {
      environment: tool.environment,
      input: tool.input,
      guard,
      onLine(stream, line) {
        const progress = stream === "stderr" ? tool.progress?.(line) : undefined;
        if (progress?.phase !== undefined) events.phase(host.host, progress.phase);
        if (progress?.connected) connect();
        if (progress !== undefined) return;
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        events.output(host.host, line);
      },
    });
    running.add(process);
    if (tool.progress === undefined) connect();
    const exit = await process.ended;
    running.delete(process);
    return { ...exit, lines };
  };
  const attempts = async (host: RemoteHost) => {
    const release = await connecting.take();
    let connected = false;
    const onConnected = () => {
      connected = true;
      release();
    };
    for (let tried = 1; !stopped.aborted; tried++) {
      events.phase(host.host, `${tool.tool}: connecting`);
      const exit = await attempt(host, onConnected);
      const pause = connected || stopped.aborted ? undefined : tool.retryAfter?.(tried, exit.lines);
      if (pause !== undefined) {
        events.phase(host.host, `${tool.tool}: connecting again`);
        await delay(pause * 1e3, undefined, { signal: stopped }).catch(() => {});
        continue;
      }
      const again = exit.error !== undefined && missing; // one failure for a missing tool, however many hosts
      missing ||= exit.error !== undefined;
      if (!stopped.aborted && !again) {
        const { tool: name } = tool;
        events.failed(
          classify({ ...exit, tool: name, host: host.host, port: host.port, command: command.words }),
        );
      }
      break;
    }
    release();
  };

  const ended = Promise.all(hosts.map(attempts)).then(() => guard?.dismiss());
  return {
    ended,
    stop(lost) {
      if (stopped.aborted) return;
      stopping.abort();
      for (const process of running) if (!started.has(process)) process.signal("SIGTERM");
      void endPatiently(running, lost === "unreachable" ? 0 : tool.patience, ended);
    },
  };
}
