/** Keeps account of a job step that runs an agent on each host. */
import { setTimeout as delay } from "node:timers/promises";
import { classify } from "./failures.js";
import { readStepLine } from "./slurm-lines.js";
import type { AgentCommand, StarterEvents } from "./starter.js";
import type { ToolExit } from "./tool.js";

/** What a host says of its end and what srun says of it come in any order. */
const LAST_WORDS_MILLISECONDS = 200;
const KEPT_LINES = 40;

export interface StepAccount {
  onLine(line: string): void;
  /** Called when srun has ended; resolves when all failures have been told. */
  close(exit: ToolExit): Promise<void>;
}

/** @param isOver when it says true, nothing is told any more */
export function accountOfStep(
  hosts: readonly string[],
  command: AgentCommand,
  events: StarterEvents,
  isOver: () => boolean,
): StepAccount {
  const linesOf = new Map<string | undefined, string[]>();
  const hostOf = new Map<number, string>();
  const ended = new Set<string>();
  const reports: Promise<void>[] = [];

  const keep = (host: string | undefined, line: string) => {
    linesOf.set(host, [...(linesOf.get(host) ?? []), line].slice(-KEPT_LINES));
    events.output(host, line);
  };
  const fail = (host: string | undefined, exit: ToolExit) => {
    const own = host === undefined ? [] : (linesOf.get(host) ?? []);
    const lines = [...(linesOf.get(undefined) ?? []), ...own];
    if (!isOver()) {
      events.failed(classify({ ...exit, tool: "srun", host, lines, command: command.words }));
    }
  };
  const failSoon = async (host: string) => {
    await delay(LAST_WORDS_MILLISECONDS);
    fail(host, { code: 1, signal: null, error: undefined });
  };

  return {
    onLine(line) {
      const read = readStepLine(line);
      const { host, tasks = [] } = read;
      if (host !== undefined) for (const task of tasks) hostOf.set(task, host);
      if (read.started) events.phase(host!, "agent: dialling back");
      const concerned = host !== undefined ? [host] : tasks.flatMap((task) => hostOf.get(task) ?? []);
      if (read.text !== undefined) {
        const speaker = read.task === undefined ? undefined : hostOf.get(read.task);
        if (speaker === undefined && concerned.length > 0)
          for (const each of concerned) keep(each, read.text);
        else keep(speaker, read.text);
      }
      if (!read.ended) return;
      for (const each of concerned) {
        if (!ended.has(each)) reports.push(failSoon(each));
        ended.add(each);
      }
    },
    async close(exit) {
      await Promise.all(reports);
      if (hosts.some((host) => !ended.has(host))) fail(undefined, exit);
    },
  };
}
