import { EXIT, type HostSlots } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/** What origins of hosts are read from. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** The content of a file; throws what Node throws. */
  readFile(path: string): string;
}

/** The file that a variable of a batch system names. Throws a LaunchProblem. */
export function readNamedFile(variable: string, { environment, readFile }: Surroundings): string {
  const path = environment[variable]!;
  try {
    return readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "which does not exist here" : `which cannot be read (${code ?? message})`;
    throw new LaunchProblem(
      EXIT.failure,
      `${variable} names ${path}, ${why}: start tsmpirun from the job's script, on the job's first host`,
    );
  }
}

/** Adds up the slots of a host that is named more than once; the first mention gives its place. */
export function mergeHosts(hosts: readonly HostSlots[]): HostSlots[] {
  const merged = new Map<string, HostSlots>();
  for (const host of hosts) {
    const known = merged.get(host.host);
    merged.set(host.host, known === undefined ? host : { ...known, slots: known.slots + host.slots });
  }
  return [...merged.values()];
}

/** Throws a LaunchProblem when a batch system has named no host. */
export function requireHosts(hosts: readonly unknown[], variable: string): void {
  if (hosts.length > 0) return;
  throw new LaunchProblem(EXIT.failure, `${variable} names no host: give hosts with --host or --hostfile`);
}
