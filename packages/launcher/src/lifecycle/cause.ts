/** Why a job ended before all its ranks had, in an exit code and in words. Pure. */
import { constants } from "node:os";
import { EXIT, abortExit, type RankExit } from "@tsmpi/protocol";
import { writeObstacle } from "../obstacle.js";
import { rankList } from "./rank-list.js";

/** Everything that ends a job early. */
export type Cause =
  | { readonly type: "failed"; readonly exit: RankExit; readonly host: string; readonly outOfMemory: boolean }
  | {
      readonly type: "aborted";
      readonly rank: number;
      readonly host: string;
      readonly code: number;
      readonly reason: string | undefined;
    }
  | {
      readonly type: "unstartable";
      readonly rank: number;
      readonly host: string;
      readonly error: { readonly code: string | undefined; readonly message: string };
    }
  /** A host with ranks that were running is not heard of any more. */
  | {
      readonly type: "lost";
      readonly host: string;
      readonly ranks: readonly number[];
      readonly reason: string;
    }
  /** Somebody has killed what holds agents of other hosts; `how` is a clause. */
  | { readonly type: "starter killed"; readonly how: string }
  | { readonly type: "deadline"; readonly seconds: number; readonly table: readonly string[] }
  /** Ranks wait for each other and will for ever: what happened, in a sentence, and a table. */
  | { readonly type: "deadlock"; readonly sentence: string; readonly table: readonly string[] }
  /** Every rank has ended well, but not in step: what happened, in a sentence. */
  | { readonly type: "discord"; readonly sentence: string }
  | { readonly type: "signal"; readonly signal: NodeJS.Signals }
  /** Nobody reads the output any more. */
  | { readonly type: "reader gone" }
  /** The output cannot be written; `path` if it is a file of --output-dir. */
  | { readonly type: "unwritable"; readonly error: NodeJS.ErrnoException; readonly path?: string };

/** The launcher's exit code for a cause. */
export function exitCode(cause: Cause): number {
  switch (cause.type) {
    case "failed":
      return cause.exit.signal === null ? (cause.exit.code ?? EXIT.failure) : signalCode(cause.exit.signal);
    case "aborted":
      return abortExit(cause.code);
    case "unstartable":
      return cause.error.code === "ENOENT" ? EXIT.notFound : EXIT.notExecutable;
    case "deadline":
      return EXIT.timeout;
    case "deadlock":
      return EXIT.deadlock;
    case "signal":
      return signalCode(cause.signal);
    case "reader gone":
      return EXIT.readerGone;
    case "lost":
    case "starter killed":
    case "discord":
    case "unwritable":
      return EXIT.failure;
  }
}

/** The line for the user, or undefined where the user knows. `others` ranks are still running. */
export function describeCause(cause: Cause, others: number): string | undefined {
  const stopping = others === 0 ? "" : `; stopping ${others} ${others === 1 ? "other" : "others"}`;
  switch (cause.type) {
    case "failed": {
      const { rank, pid, code, signal, seconds } = cause.exit;
      const how = signal === null ? `exited with code ${code}${meaning(code)}` : `was killed by ${signal}`;
      const hint = cause.outOfMemory
        ? " (the kernel's out-of-memory killer struck meanwhile: use fewer ranks, or less memory in each)"
        : "";
      return `rank ${rank} on ${cause.host} (pid ${pid}) ${how}${hint} after ${seconds.toFixed(1)} s${stopping}`;
    }
    case "aborted": {
      const reason = cause.reason === undefined ? "" : `: ${cause.reason}`;
      const becomes = exitCode(cause) === cause.code ? "" : ` (exit code ${exitCode(cause)})`;
      return `rank ${cause.rank} on ${cause.host} aborted the job with code ${cause.code}${becomes}${reason}${stopping}`;
    }
    case "unstartable":
      return `rank ${cause.rank} on ${cause.host} cannot be started: ${startError(cause.error)}${stopping}`;
    case "lost": {
      const ranks = `rank${cause.ranks.length === 1 ? "" : "s"} ${rankList(cause.ranks)}`;
      return `host ${cause.host} was lost with ${ranks}: ${cause.reason}${stopping}`;
    }
    case "starter killed":
      return `${cause.how}${stopping}`;
    case "deadline":
      return [
        `the job did not end within ${cause.seconds} s (--timeout); stopping ${others} rank${others === 1 ? "" : "s"}:`,
        ...cause.table,
      ].join("\n");
    case "deadlock":
      return [`${cause.sentence}; stopping ${others} rank${others === 1 ? "" : "s"}:`, ...cause.table].join(
        "\n",
      );
    case "discord":
      return cause.sentence;
    case "unwritable":
      return `the output cannot be written${cause.path === undefined ? "" : ` to ${cause.path}`}: ${writeObstacle(cause.error)}${stopping}`;
    case "signal":
    case "reader gone":
      return undefined;
  }
}

function startError(error: { readonly code: string | undefined; readonly message: string }): string {
  if (error.code === "EAGAIN") return "no more processes are allowed (see `ulimit -u`)";
  if (error.code === "ENOENT") return "its interpreter was not found (see its first line)";
  if (error.code === "E2BIG") return "its arguments and environment are too long";
  return error.message;
}

function signalCode(signal: NodeJS.Signals): number {
  return EXIT.signalBase + (constants.signals[signal] ?? 0);
}

/** Node says nothing of its own about a top-level await for which nothing is left to wait. */
function meaning(code: number | null): string {
  return code === 13 ? " (for Node: a top-level await that can never be settled)" : "";
}
