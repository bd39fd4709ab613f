/**
 * Plays the agents of several hosts on this machine, each with a job directory of its own: ranks of
 * different hosts reach each other over TCP only. No launcher is needed.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createJobDirectory, newJobId } from "@tsmpi/launcher/agent/directory";
import { LISTEN_FD, openListener } from "@tsmpi/launcher/network/listener";
import { makePipes } from "@tsmpi/launcher/agent/pipes";
import { createExchange } from "@tsmpi/launcher/rendezvous/exchange";
import type { Outgoing } from "@tsmpi/launcher/rendezvous/outgoing";
import { CONTROL_PIPES } from "@tsmpi/launcher/rendezvous/postbox";
import { listenForRanks } from "@tsmpi/launcher/rendezvous/server";
import { rankVariables, writeKeys, writePeers, type Keys } from "@tsmpi/protocol";

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
  /** By rank. */
  readonly ports: readonly number[];
  /** By rank. The first that fails ends the others. */
  readonly children: readonly ChildProcess[];
  /** Resolves when all ranks have ended and every trace of them is gone. */
  readonly outcomes: Promise<RankOutcome[]>;
}

export interface HostsOptions {
  /** Keys of the job; undefined: not encrypted. */
  readonly keys: Keys | undefined;
  /** Where all hosts are reached; the default is 127.0.0.1. */
  readonly address?: string;
  /** Changes the port by which the others reach a rank. */
  readonly detour?: (rank: number, port: number) => Promise<number>;
}

/** Starts `command` as many times as there are entries in `hosts`, which says where each rank is. */
export async function startOnHosts(
  hosts: readonly number[],
  command: readonly string[],
  { keys, address = "127.0.0.1", detour = (_, port) => Promise.resolve(port) }: HostsOptions,
): Promise<HostsJob> {
  const size = hosts.length;
  const jobId = newJobId();
  const bases = [...new Set(hosts)].sort().map(() => mkdtempSync("/tmp/tsmpitest-"));
  const directories = bases.map((base) => createJobDirectory([base], () => jobId).path);
  const listeners = await Promise.all(hosts.map(() => openListener(address)));
  const ports = await Promise.all(listeners.map(({ port }, rank) => detour(rank, port)));
  for (const directory of directories) {
    writePeers(directory, { hosts: bases.map(() => address), ports });
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
      leftOver: () => {},
      aborted: () => {},
    }),
  );

  const children = hosts.map((host, rank) => {
    const localRank = hosts.slice(0, rank).filter((other) => other === host).length;
    const localSize = hosts.filter((other) => other === host).length;
    const place = { rank, size, localRank, localSize, jobId, jobDirectory: directories[host]!, hosts };
    // `env` takes away what tap gives to every node process below a test, and becomes the program.
    const child = spawn("/usr/bin/env", ["-u", "NODE_OPTIONS", ...command], {
      env: { ...process.env, ...rankVariables({ ...place, listenFd: LISTEN_FD }) },
      stdio: ["ignore", "pipe", "pipe", listeners[rank]!.fd],
    });
    listeners[rank]!.close();
    return child;
  });
  const ends = children.map(async (child, rank) => {
    const outcome = await end(child);
    if (outcome.code === 0) tell(exchange.left(rank));
    else for (const other of children) other.kill("SIGKILL");
    return outcome;
  });
  const outcomes = Promise.all(ends).finally(() => {
    for (const server of servers) server.close();
    for (const base of bases) rmSync(base, { recursive: true, force: true });
  });
  return { ports, children, outcomes };
}

function end(child: ChildProcess): Promise<RankOutcome> {
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
