/** Processes on a host of a farm. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { dirname } from "node:path";
import { childrenOf } from "./cluster-traces.js";
import { NODE } from "./paths.js";
import type { Outcome } from "./run.js";

export interface HostOptions {
  /** Text for the standard input; none: end of file at once. */
  readonly input?: string | Buffer;
  /** Added to PATH, HOME, USER, SHELL and LANG. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the home. */
  readonly directory?: string;
  /** Called when it runs, for tests that signal, cut or kill. */
  readonly onStart?: (running: FarmProcess) => void;
}

/** A process there. */
export interface FarmProcess {
  /** Its streams; its exit is the process's. Its own pid is that of nsenter: use `kill` below. */
  readonly child: ChildProcessWithoutNullStreams;
  /** Since when it runs. */
  readonly started: number;
  readonly options: HostOptions;
  /** Signals the process itself. */
  kill(signal: NodeJS.Signals): void;
}

/** Runs a command in the namespaces of the host whose pid 1 is `init`. */
export function enter(
  init: number,
  home: string,
  command: readonly string[],
  options: HostOptions,
): FarmProcess {
  const { environment = {}, directory = home } = options;
  const started = performance.now();
  const child = spawn(
    "/usr/bin/env",
    // tap gives loaders of its own to every node below a test; `env` takes them away again.
    ["-u", "NODE_OPTIONS", "/usr/bin/nsenter", "-t", String(init), "-m", "-n", "-u", "-i", "-p", "--"].concat(
      ["/usr/bin/env", "-C", directory],
      command,
    ),
    {
      env: {
        PATH: `${dirname(NODE)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        HOME: home,
        USER: "root",
        SHELL: "/bin/bash",
        LANG: "C.UTF-8",
        ...environment,
      },
    },
  );
  return {
    child,
    started,
    options,
    kill(signal) {
      for (const pid of childrenOf(child.pid!)) process.kill(pid, signal);
    },
  };
}

/** Gives a process its input; resolves when it has ended and its output is complete. */
export function collect(running: FarmProcess): Promise<Outcome> {
  const { child, started, options } = running;
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  options.onStart?.(running);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({ code, signal, ...text, seconds: (performance.now() - started) / 1e3 }),
    );
  });
}
