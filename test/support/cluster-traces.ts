/** What runs and lies about on a host of a farm, read from outside. */
import { readFileSync, readdirSync, readlinkSync } from "node:fs";

export interface Traces {
  /** Command lines. */
  readonly processes: readonly string[];
  /** Names in /tmp and /dev/shm. */
  readonly files: readonly string[];
}

/** The daemons of Slurm restart threads and helpers of their own; they are not a job's. */
const DAEMONS = /^(\S*\/)?(munged|slurmctld|slurmd)\b/;

/** Pids of a process's children; none if it is gone. */
export function childrenOf(pid: number): number[] {
  const text = attempt(() => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")) ?? "";
  return text.split(" ").filter(Boolean).map(Number);
}

/** The words a process was started with; none if it is gone. */
export function commandLine(pid: number): string[] {
  return (attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split("\0").slice(0, -1);
}

/** All processes of the host whose pid 1 is `init`, not those of hosts inside it. */
export function processesIn(init: number): number[] {
  const namespace = (pid: number | string) => attempt(() => readlinkSync(`/proc/${pid}/ns/pid`));
  const wanted = namespace(init);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && namespace(name) === wanted)
    .map(Number);
}

/** What is on a host but was not in `before`, and is not in one of the directories shared with the machine. */
export function stillThere(init: number, before: ReadonlySet<number>, shared: readonly string[]): Traces {
  const processes = processesIn(init)
    .filter((pid) => !before.has(pid))
    .map((pid) => commandLine(pid).join(" "))
    .filter((words) => words !== "" && !DAEMONS.test(words));
  const files = ["/tmp", "/dev/shm"].flatMap((folder) =>
    readdirSync(`/proc/${init}/root${folder}`)
      .map((name) => `${folder}/${name}`)
      .filter((path) => !shared.some((kept) => kept === path || kept.startsWith(`${path}/`))),
  );
  return { processes, files };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // it has ended meanwhile
  }
}
