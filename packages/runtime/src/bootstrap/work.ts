import { readFileSync, readdirSync } from "node:fs";
import type { Worker } from "node:worker_threads";

/** Signals that a program may wait for: they do not mean that it should end. */
const MESSAGES: readonly NodeJS.Signals[] = ["SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH"];
/** Native modules that tsmpi itself loads. */
const OURS = /\/(zeromq|@?cbor-extract|koffi|@koromix\/koffi[^/]*)\//;
/** What Node 24 calls the threads that collect garbage and compile: that is no work of the program's. */
const V8S_OWN = "(V8Worker";
/** A process that waits uses less of the processor than this part. */
const IDLE_SHARE = 0.02;

/** What a rank may do without having got a message: as long as there is any, it is not stuck. */
export class Work {
  readonly #workers = new Set<Worker>();
  /** When `mark` was called last, and the part of the processor used between the last two calls. */
  #since = 0;
  #cpu = 0;
  #share = 1;

  /** To be made early: workers that were there before are not known. */
  constructor() {
    process.on("worker", (worker) => {
      this.#workers.add(worker);
      worker.once("exit", () => this.#workers.delete(worker));
    });
  }

  /** To be called every now and then: between two calls the use of the processor is measured. */
  mark(): void {
    const now = performance.now();
    const cpu = cpuMilliseconds();
    this.#share = (cpu - this.#cpu) / (now - this.#since);
    this.#since = now;
    this.#cpu = cpu;
  }

  /** Names for people; none: only a message can make this rank go on. */
  names(): string[] {
    const before = cpuMilliseconds();
    const names = this.#find();
    this.#cpu += cpuMilliseconds() - before; // to look is not to work
    return names;
  }

  #find(): string[] {
    const names = [...new Set(resources())];
    if (this.#workers.size > 0) names.push("a worker thread");
    if (this.#share > IDLE_SHARE || othersRun()) names.push("a computation");
    for (const signal of MESSAGES)
      if (process.listenerCount(signal) > 0) names.push(`a handler of ${signal}`);
    if (isInspected()) names.push("a debugger");
    const addon = foreignAddon();
    if (addon !== undefined) names.push(`the native module ${addon}`);
    return names;
  }
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** What keeps the event loop alive, but for this process's own output. */
function resources(): string[] {
  const names = process.getActiveResourcesInfo();
  const handles = (process as unknown as { _getActiveHandles?(): { fd?: number; isTTY?: boolean }[] })
    ._getActiveHandles;
  for (const handle of handles?.call(process) ?? []) {
    if (handle.fd !== 1 && handle.fd !== 2) continue;
    const at = names.indexOf(handle.isTTY === true ? "TTYWrap" : "PipeWrap");
    if (at >= 0) names.splice(at, 1);
  }
  return names;
}

/** True if another thread of this process computes, or would if a processor were free. */
function othersRun(): boolean {
  try {
    return readdirSync("/proc/self/task").some((thread) => {
      if (Number(thread) === process.pid) return false;
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, "latin1");
      // The thread's name, in parentheses, may hold anything.
      const end = stat.lastIndexOf(")");
      return !stat.slice(0, end).endsWith(V8S_OWN) && /^[RD]/.test(stat.slice(end + 2));
    });
  } catch {
    return false; // a thread has ended meanwhile, or there is no /proc
  }
}

/** A person may make a program under inspection do anything. */
function isInspected(): boolean {
  return process.getBuiltinModule("node:inspector")?.url() !== undefined; // Node can be built without
}

/** A native module not of ours: what it waits for nobody can see. */
function foreignAddon(): string | undefined {
  const { _cache: loaded = {} } = process.getBuiltinModule("node:module") as { _cache?: object };
  // Its native half is ours, too; its JavaScript is not.
  if (Object.keys(loaded).some((path) => path.includes("/node_modules/zeromq/lib/index."))) return "zeromq";
  try {
    const maps = readFileSync("/proc/self/maps", "latin1");
    return maps.match(/\S+\.node$/gm)?.find((path) => !OURS.test(path));
  } catch {
    return undefined;
  }
}
