/**
 * Tests of starters: a program that plays the launcher on a host of a farm, and the other side,
 * which runs it there and collects what it and the stand-in agents say.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RemoteHost, StartFailure, StarterName, StarterOptions } from "@tsmpi/launcher/starters/starter";
import type { Farm } from "./cluster.js";
import { FIXTURES, NODE } from "./paths.js";

/** What the program is asked to do. */
export interface Order {
  readonly starter: StarterName;
  readonly hosts: readonly RemoteHost[];
  /** Default: the stand-in agent. */
  readonly words?: readonly string[];
  readonly options?: Partial<Omit<StarterOptions, "environment">>;
}

/** What a stand-in agent found. */
export interface AgentReport {
  readonly words: readonly string[];
  readonly ticket: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Started {
  readonly failures: readonly StartFailure[];
  /** "node01 ssh: connecting" */
  readonly phases: readonly string[];
  /** "node01 line" */
  readonly output: readonly string[];
  /** By the name that the host itself has. */
  readonly reports: Readonly<Record<string, AgentReport>>;
}

export interface StartedOptions {
  readonly on?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Words in front of the program: `salloc -N2`. */
  readonly within?: readonly string[];
  /** Called when this many have either reported or failed; then agents and starter are ended. */
  readonly settled?: number;
  readonly whenSettled?: () => Promise<void> | void;
}

export const TICKET = "ticket-of-this-job";
const AGENT = join(FIXTURES, "cluster/agent.js");

/** Starts agents as ordered, waits until all hosts have reported or failed, ends everything. */
export async function startAgents(
  farm: Farm,
  order: Order,
  { on = "head", environment = {}, within = [], settled, whenSettled = () => {} }: StartedOptions = {},
): Promise<Started> {
  const directory = mkdtempSync(join(farm.directory, "agents-"));
  const words = order.words ?? [NODE, AGENT, directory, "two words", "it's", "a!b\\c", "$HOME"];
  const running = farm.start(
    on,
    [...within, NODE, fileURLToPath(import.meta.url), JSON.stringify({ ...order, words })],
    {
      environment,
    },
  );
  running.child.stdin.on("error", () => {}); // it may have ended, all hosts having failed, when it is told to stop
  const failures: StartFailure[] = [];
  const phases: string[] = [];
  const output: string[] = [];
  const wanted = settled ?? order.hosts.length;
  const names = () => readdirSync(directory).filter((name) => name.endsWith(".json"));
  const finish = async () => {
    await whenSettled();
    running.child.stdin.end("stop\n");
  };
  // An agent that ends before the starter has been stopped has failed.
  const endAgents = () => writeFileSync(join(directory, "end"), "");
  let done: Promise<void> | undefined;
  const look = () => {
    if (names().length + failures.length >= wanted) done ??= finish();
  };
  const timer = setInterval(look, 20);
  running.child.stderr.pipe(process.stderr);
  for await (const line of createInterface({ input: running.child.stdout })) {
    const [type, ...rest] = JSON.parse(line) as [string, ...unknown[]];
    if (type === "failed") failures.push(rest[0] as StartFailure);
    if (type === "phase") phases.push(rest.join(" "));
    if (type === "output") output.push(rest.join(" "));
    if (type === "stopped") endAgents();
    look();
  }
  clearInterval(timer);
  endAgents();
  await done;
  const reports = Object.fromEntries(
    names().map((name) => [
      name.replace(".json", ""),
      JSON.parse(readFileSync(join(directory, name), "utf8")) as AgentReport,
    ]),
  );
  if (running.child.exitCode === null) await once(running.child, "exit");
  return { failures, phases, output, reports };
}

/** The program on the host: does as ordered, one event a line; `stop` on standard input stops it. */
async function play(order: Order): Promise<void> {
  const { STARTERS } = await import("@tsmpi/launcher/starters/starters");
  const say = (...words: unknown[]) => process.stdout.write(`${JSON.stringify(words)}\n`);
  const started = STARTERS[order.starter].start(
    order.hosts,
    { words: order.words! },
    TICKET,
    { connectTimeout: 10, sshArgs: [], ticketFile: undefined, ...order.options, environment: process.env },
    {
      phase: (host, phase) => void say("phase", host, phase),
      failed: (failure) => void say("failed", failure),
      output: (host, text) => void say("output", host ?? "-", text),
    },
  );
  process.stdin.once("data", () => {
    started.stop();
    say("stopped");
    process.stdin.destroy();
  });
  await started.ended;
  process.stdin.destroy();
}

if (process.argv[1] === fileURLToPath(import.meta.url) && existsSync(AGENT)) {
  await play(JSON.parse(process.argv[2]!) as Order);
}
