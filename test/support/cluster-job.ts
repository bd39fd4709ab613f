/** Jobs on the hosts of a farm. */
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import type { Test } from "tap";
import type { Farm } from "./cluster.js";
import type { FarmProcess, HostOptions } from "./cluster-process.js";
import { FIXTURES, NODE, TSMPIRUN } from "./paths.js";
import type { Outcome } from "./run.js";

/** Prints `RANK HOST LOCALRANK/LOCALSIZE` for every rank, after all have talked to all. */
export const WHERE = join(FIXTURES, "cluster/where.js");

/** `tsmpirun …args`, on a host. */
export function tsmpirunOn(
  farm: Farm,
  host: string,
  args: readonly string[],
  options?: HostOptions,
): Promise<Outcome> {
  return farm.run(host, [NODE, TSMPIRUN, ...args], options);
}

/** The same, without waiting for its end. */
export function startTsmpirunOn(
  farm: Farm,
  host: string,
  args: readonly string[],
  options?: HostOptions,
): FarmProcess {
  return farm.start(host, [NODE, TSMPIRUN, ...args], options);
}

/** Writes a hostfile into the home that all hosts share; returns its path. */
export async function hostfile(farm: Farm, lines: readonly string[]): Promise<string> {
  const path = join(farm.directory, "home", `hosts.${Math.random().toString(36).slice(2)}`);
  await farm.sh("head", `cat >${path} <<'end'\n${lines.join("\n")}\nend`);
  return path;
}

/** The host of every rank, as `where.js` says. */
export function hostsOf({ stdout }: Outcome): string[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line, rank) => {
      const [number, host] = line.split(" ");
      return number === String(rank) ? host! : `"${line}" where rank ${rank} should be`;
    });
}

/** Longer than LAUNCHER's promise: nothing is left ten seconds after whatever happened. */
const SECONDS = 10;

/** Asserts that no process and no file of a job is left on any of these hosts. */
export async function nothingLeft(t: Test, farm: Farm, hosts: readonly string[] = ["head", ...farm.hosts]) {
  const left = () =>
    hosts.flatMap((host) => {
      const { processes, files } = farm.traces(host);
      return [...processes, ...files].map((name) => `${host}: ${name}`);
    });
  const deadline = performance.now() + SECONDS * 1e3;
  while (left().length > 0 && performance.now() < deadline) await delay(50);
  t.same(left(), [], "nothing is left on any host");
}
