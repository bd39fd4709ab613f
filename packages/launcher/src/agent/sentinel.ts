import { spawn } from "node:child_process";

/** The launcher's end of a shell that outlives it. */
export interface Sentinel {
  tell(line: string): void;
  /** Tells the last line. */
  dismiss(line: string): void;
}

/**
 * Starts a shell that hears lines on its standard input, and of the launcher's death by their end. It lives
 * in a session of its own, knows nothing of the job's environment, and costs about a millisecond. A system
 * without a shell still runs jobs; only a killed launcher leaves something there.
 *
 * @param name what `ps` calls it
 * @param words `$1`, `$2`, …
 */
export function startSentinel(script: string, name: string, words: readonly string[]): Sentinel {
  // Whatever the user's PATH holds, the shell finds its tools.
  const path = [process.env["PATH"], "/usr/bin", "/bin"].filter(Boolean).join(":");
  const shell = spawn("/bin/sh", ["-c", script, name, ...words], {
    cwd: "/",
    env: { PATH: path },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const link = shell.stdin;
  shell.on("error", () => {});
  link.on("error", () => {});
  shell.unref();
  return {
    tell: (line) => void link.write(`${line}\n`),
    dismiss: (line) => void link.end(`${line}\n`),
  };
}
