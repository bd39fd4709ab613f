/** Starts ranks: the only place where a process of the user's is made. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { rankVariables, type RankPlan } from "@tsmpi/protocol";
import type { StdinKind } from "../forwarding/input.js";
import { LISTEN_FD } from "../network/listener.js";
import type { Assignment } from "./assignment.js";
import type { JobDirectory } from "./directory.js";
import { openInputPipe, openOutputPipe } from "./pipes.js";
import type { Command } from "./program.js";

/** How the streams of ranks are connected. */
export interface Wiring {
  readonly job: JobDirectory;
  /** True when the named pipes of `pipeNames` have been made; else Node's socket pairs serve. */
  readonly pipes: boolean;
  readonly mergeStderr: boolean;
  stdinKind(rank: number): StdinKind;
}

/** A started rank. Streams that the launcher does not hold are undefined. */
export interface RankProcess {
  readonly child: ChildProcess;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable | undefined;
}

/** What a rank of a job on several hosts needs besides. */
export interface Crossing {
  /** Host index of each rank of the world. */
  readonly hosts: readonly number[];
  /** A listening socket. */
  readonly listenFd: number;
}

/** Names of the pipes that a rank needs in the job directory. */
export function pipeNames(rank: number, stdin: StdinKind, mergeStderr: boolean): string[] {
  return [`o${rank}`, ...(mergeStderr ? [] : [`e${rank}`]), ...(stdin === "pipe" ? [`i${rank}`] : [])];
}

/**
 * Starts one rank in a session and process group of its own. A failure to start arrives as
 * "error" on the child.
 */
export function startRank(
  plan: RankPlan,
  { size, onFailure }: Pick<Assignment, "size" | "onFailure">,
  command: Command,
  environment: Readonly<Record<string, string>>,
  wiring: Wiring,
  crossing?: Crossing,
): RankProcess {
  const { rank, localRank, localSize } = plan;
  const { job, pipes, mergeStderr } = wiring;
  const kind = wiring.stdinKind(rank);
  const output = pipes ? openOutputPipe(job.path, `o${rank}`) : undefined;
  const errors = pipes && !mergeStderr ? openOutputPipe(job.path, `e${rank}`) : undefined;
  const input = pipes && kind === "pipe" ? openInputPipe(job.path, `i${rank}`) : undefined;
  const stdio: StdioOptions = [
    kind === "pipe" ? (input?.rank ?? "pipe") : kind === "inherit" ? "inherit" : "ignore",
    output?.rank ?? "pipe",
    mergeStderr ? (output?.rank ?? "pipe") : (errors?.rank ?? "pipe"),
    ...(crossing === undefined ? [] : [crossing.listenFd]),
  ];
  const afar = crossing === undefined ? {} : { hosts: crossing.hosts, listenFd: LISTEN_FD };
  const child = spawn(command.file, command.args, {
    argv0: command.argv0,
    cwd: command.directory,
    env: {
      ...environment,
      ...rankVariables({
        rank,
        size,
        localRank,
        localSize,
        jobId: job.jobId,
        jobDirectory: job.path,
        onFailure: onFailure === "continue" ? onFailure : undefined,
        ...afar,
      }),
    },
    stdio,
    detached: true,
  });
  for (const ends of [output, errors, input]) if (ends !== undefined) closeSync(ends.rank);
  return {
    child,
    stdin:
      input === undefined
        ? (child.stdin ?? undefined)
        : new Socket({ fd: input.launcher, readable: false, writable: true }),
    stdout: output === undefined ? child.stdout! : readEnd(output.launcher),
    stderr: errors === undefined ? (child.stderr ?? undefined) : readEnd(errors.launcher),
  };
}

function readEnd(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false });
}
