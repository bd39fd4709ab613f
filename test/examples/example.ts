/** Runs an example, under the launcher or alone. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { EXAMPLES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";

/** The numbers of ranks every example runs on. */
export const SIZES = [1, 2, 3, 5] as const;

/** `tsmpirun -n ranks node examples/name.js …args`. */
export function example(name: string, ranks: number, ...args: readonly string[]): Promise<Outcome> {
  return tsmpirun(["--oversubscribe", "-n", String(ranks), NODE, resolve(EXAMPLES, `${name}.js`), ...args]);
}

/** `node examples/name.js …args`, without a launcher. */
export function alone(name: string, ...args: readonly string[]): Pick<Outcome, "code" | "stdout" | "stderr"> {
  const program = resolve(EXAMPLES, `${name}.js`);
  const { status, stdout, stderr } = spawnSync(NODE, [program, ...args], { encoding: "utf8" });
  return { code: status, stdout, stderr };
}

/** The lines of a text that say something. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** The number in the first group of `pattern`; NaN when the text has none. */
export function figure(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? NaN);
}
