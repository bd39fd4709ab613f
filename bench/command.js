import { spawn } from "node:child_process";
import { ROOT } from "./paths.js";

/**
 * Runs a program in the repository's root and waits for its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {AbortSignal} [signal] ends it early
 * @returns {Promise<{ seconds: number, stdout: string }>} from before it was started until its output has ended
 * @throws when it cannot be started, or ends in another way than with exit code 0
 */
export function command(program, args, signal) {
  const started = performance.now();
  const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], signal });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk) => (text.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => (text.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killer) => {
      const seconds = (performance.now() - started) / 1e3;
      if (code === 0) return resolve({ seconds, stdout: text.stdout });
      const shown = [program, ...args].join(" ");
      reject(
        new Error(`${shown}\nended with ${killer ?? `exit code ${code}`}:\n${text.stderr}${text.stdout}`),
      );
    });
  });
}
