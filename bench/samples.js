import { execFileSync } from "node:child_process";
import { command } from "./command.js";

export const OTHER = "Node's and V8's own";

/**
 * Records what all cores do, from a moment on.
 *
 * @param {string} data file to write
 * @param {number} after seconds from now
 * @param {number} seconds how long
 */
export function record(data, after, seconds) {
  const options = ["record", "-q", "-a", "-F", "4000", "-g", "-o", data, "--", "sleep", String(seconds)];
  return command("sh", ["-c", `sleep ${after}; exec perf "$@"`, "perf", ...options]);
}

/**
 * Shares of all samples, by kind.
 *
 * @param {string} data what `record` has written
 * @param {readonly (readonly [string, (stack: string, leaf: string, thread: string) => boolean])[]} kinds what a sample counts
 *   as: the first that fits. `leaf` is the innermost function, `thread` a thread's name
 */
export function sharesOf(data, kinds) {
  const text = execFileSync("perf", ["script", "-i", data, "-F", "comm,ip,sym"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const counts = new Map();
  let all = 0;
  for (const sample of text.split("\n\n")) {
    const end = sample.indexOf("\n");
    if (end < 0) continue;
    const stack = sample.slice(end + 1);
    const leaf = stack.slice(0, `${stack}\n`.indexOf("\n"));
    const kind = kinds.find(([, fits]) => fits(stack, leaf, sample.slice(0, end).trim()))?.[0] ?? OTHER;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    all++;
  }
  return new Map([...counts].map(([kind, count]) => [kind, count / all]));
}
