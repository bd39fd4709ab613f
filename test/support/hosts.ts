/**
 * Plays the agents of several hosts on this machine, each with a job directory of its own: ranks of
 * different hosts reach each other over TCP only. No launcher is needed.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createJobDirectory, newJobId } from "@tsmpi/launcher/agent/directory";
import { newKeys } from "@tsmpi/launcher/agent/keys";
import { LISTEN_FD, openListener, type Listener } from "@tsmpi/launcher/agent/listener";
import { makePipes } from "@tsmpi/launcher/agent/pipes";
import { createExchange, type Outgoing } from "@tsmpi/launcher/rendezvous/exchange";
import { CONTROL_PIPES } from "@tsmpi/launcher/rendezvous/postbox";
import { listenForRanks } from "@tsmpi/launcher/rendezvous/server";
import { rankVariables, writeKeys, writePeers, type Keys } from "@tsmpi/protocol";

const ADDRESS = "127.0.0.1";
const DEADLINE_MS = 90_000;

/** How a rank ended. */
export interface RankOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A job whose ranks run. */
export interface HostsJob {
  readonly ports: readonly number[];
  readonly keys: Keys | undefined;
  readonly directories: readonly string[];
  /** Resolves when all ranks have ended and every trace of them is gone. */
  readonly outcomes: Promise<RankOutcome[]>;
}

export interface HostsOptions {
  /** Keys of the job; undefined: not encrypted. */
  readonly keys?: Keys | undefined;
  /** Changes what is executed for a rank. */
  readonly wrap?: (command: readonly string[]) => readonly string[];
}

/** Starts `command` as many times as there are entries in `hosts`, which says where each rank is. */
export async function startOnHosts(
  hosts: readonly number[],
  command: readonly string[],
  { keys, wrap = (same) => same }: HostsOptions = { keys: newKeys() },
): Promise<HostsJob> {
  const size = hosts.length;
  const jobId = newJobId();
  const bases = [...new Set(hosts)].sort().map(() => mkdtempSync("/tmp/tsmpitest-"));
  const directories = bases.map((base) => createJobDirectory([base], () => jobId).path);
  const listeners = await Promise.all(hosts.map(() => openListener(ADDRESS)));
  const ports = listeners.map(({ port }) => port);
  for (const directory of directories) {
    writePeers(directory, { hosts: bases.map(() => ADDRESS), ports });
    writeKeys(directory, keys);
    await makePipes(directory, CONTROL_PIPES);
  }
  const exchange = createExchange(size);
  const tell = (outgoing: readonly Outgoing[]) => {
    for (const one of outgoing) servers[hosts[one.to]!]!.tell([one]);
    if (exchange.over) for (const server of servers) server.openGate();
  };
  const servers = directories.map((directory) =>
    listenForRanks(directory, size, {
      said: (rank, said) => tell(exchange.hear(rank, said)),
      aborted: () => {},
    }),
  );

  const start = (rank: number) => {
    const place = {
      localRank: hosts.slice(0, rank).filter((host) => host === hosts[rank]).length,
      localSize: hosts.filter((host) => host === hosts[rank]).length,
      jobDirectory: directories[hosts[rank]!]!,
    };
    const variables = rankVariables({ rank, size, jobId, ...place, hosts, listenFd: LISTEN_FD });
    return run(wrap(command), variables, listeners[rank]!);
  };
  const ends = hosts.map(async (_, rank) => {
    const outcome = await start(rank);
    if (outcome.code === 0) tell(exchange.left(rank));
    return outcome;
  });
  const outcomes = Promise.all(ends).finally(() => {
    for (const server of servers) server.close();
    for (const base of bases) rmSync(base, { recursive: true, force: true });
  });
  return { ports, keys, directories, outcomes };
}

/** `env` takes away what tap gives to every node process below a test, and becomes the program. */
function run(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  listener: Listener,
): Promise<RankOutcome> {
  const child: ChildProcess = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", ...command], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe", listener.fd],
  });
  listener.close();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const text = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(deadline);
      resolve({ code, signal, ...text });
    });
  });
}
