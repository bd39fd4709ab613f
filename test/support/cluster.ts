/**
 * A cluster on this machine, for tests: hosts that have their own network address, processes, host
 * name, /tmp, /run and /dev/shm, each with a real sshd and, on request, a real Slurm. The rest of
 * the file system is shared, as a cluster's home is. `test/cluster/` has the scripts.
 *
 *     t.test("…", { skip: whyNoCluster() }, async (t) => {
 *       const farm = await startFarm(t, { hosts: 4 });
 *       const { stdout } = await farm.run("head", ["ssh", "node01", "hostname"]);
 *     });
 *
 * By hand: `node build/test/support/cluster-shell.js --hosts 4 --slurm` is a shell on its head.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { once } from "node:events";
import type { Socket } from "node:net";
import { dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Test } from "tap";
import { collect, enter, type FarmProcess, type HostOptions } from "./cluster-process.js";
import { childrenOf, commandLine, processesIn, stillThere, type Traces } from "./cluster-traces.js";
import { NODE, ROOT } from "./paths.js";
import type { Outcome } from "./run.js";

export interface FarmOptions {
  /** node01, node02, … besides `head`. */
  readonly hosts: number;
  /** Starts slurmctld on the head and slurmd on the hosts; each host has 24 CPUs. */
  readonly slurm?: boolean;
}

/** A running farm. A host is `head` (10.77.0.254, the login host) or `nodeNN` (10.77.0.NN). */
export interface Farm {
  /** Shared by all hosts, removed with the farm. `home` in it is everybody's home. */
  readonly directory: string;
  /** node01 … in order. */
  readonly hosts: readonly string[];
  /** Runs a command there with a login's bare environment; resolves when it and its output have ended. */
  run(host: string, command: readonly string[], options?: HostOptions): Promise<Outcome>;
  /** Starts one and returns at once. */
  start(host: string, command: readonly string[], options?: HostOptions): FarmProcess;
  /** Runs commands of a shell there; throws when they fail. Returns what they say. */
  sh(host: string, script: string): Promise<string>;
  /** Takes the network cable out: silence, no reset. */
  cut(host: string): Promise<void>;
  /** Puts it back. */
  join(host: string): Promise<void>;
  /** Ends every process of a host at once; its kernel still answers. */
  kill(host: string): Promise<void>;
  /** Power loss: silence. */
  crash(host: string): Promise<void>;
  /** Starts a killed or crashed host again. */
  boot(host: string): Promise<void>;
  /** Processes and files there that were not there when the farm had come up. */
  traces(host: string): Traces;
  /** Ends everything; done by itself after the test, and when the test's process dies. */
  down(): Promise<void>;
}

const SCRIPTS = resolve(ROOT, "test/cluster");
const NEEDED = ["sshd", "ssh", "ip", "nsenter", "unshare", "perl"];
const NEEDED_FOR_SLURM = ["slurmctld", "slurmd", "srun", "munged"];
/** Of the machine's /tmp, the hosts see these directories only (if they lie there). */
const KEPT = [ROOT, dirname(NODE)];

/** Why there can be no farm here, or undefined: for `skip`. */
export function whyNoCluster({ slurm = false }: { readonly slurm?: boolean } = {}): string | false {
  if (process.getuid?.() !== 0) return "needs root";
  const missing = [...NEEDED, ...(slurm ? NEEDED_FOR_SLURM : [])].filter(
    (name) => spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin; command -v ${name}`]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  const allowed = spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "true"]).status === 0;
  return allowed ? false : "this machine lets nobody make namespaces";
}

/** Brings a farm up; it ends with the test. Farms beside each other do not disturb each other. */
export async function startFarm(t: Test, options: FarmOptions): Promise<Farm> {
  const farm = await bringUp(options);
  t.teardown(() => farm.down());
  return farm;
}

/** The same without a test; the caller takes it down. It ends with this process at the latest. */
export async function bringUp({ hosts: count, slurm = false }: FarmOptions): Promise<Farm> {
  const directory = mkdtempSync("/tmp/tsmpifarm-");
  const hosts = Array.from({ length: count }, (_, i) => `node${String(i + 1).padStart(2, "0")}`);
  // The farm lives as long as this pipe has a writer: this process.
  const up = spawn("bash", [resolve(SCRIPTS, "up.sh"), directory, String(count), directory, ...KEPT], {
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...(slurm && { SLURM: "1" }),
    },
    detached: true,
  });
  const ended = once(up, "close");
  let complaint = "";
  up.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk));
  up.stdin.on("error", () => {});
  await Promise.race([once(up.stdout, "data"), ended]);
  if (up.exitCode !== null) throw new Error(`the farm did not come up: ${complaint}`);
  const unshare = childrenOf(up.pid!).find((pid) => commandLine(pid)[0] === "unshare");
  const head = childrenOf(unshare!)[0]!;

  /** Pid 1 of a host, as numbered outside. It changes when a host boots. */
  const initOf = (host: string): number => {
    if (host === "head") return head;
    const init = childrenOf(head)
      .flatMap(childrenOf)
      .find((pid) => commandLine(pid).at(-1) === host);
    if (init === undefined) throw new Error(`${host} is not up`);
    return init;
  };
  const start = (host: string, command: readonly string[], options: HostOptions = {}) =>
    enter(initOf(host), resolve(directory, "home"), command, options);
  const sh = async (host: string, script: string) => {
    const { code, stdout, stderr } = await collect(start(host, ["sh", "-c", script]));
    if (code !== 0) throw new Error(`${host}: ${script}: ${stderr}`);
    return stdout;
  };
  const cut = async (host: string) => void (await sh("head", `ip link set v${host} down`));
  const join = async (host: string) => void (await sh("head", `ip link set v${host} up; ${forwards(host)}`));
  const kill = async (host: string) => {
    const init = initOf(host);
    process.kill(init, "SIGKILL");
    // The kernel ends all others before its parent can reap it.
    while (existsSync(`/proc/${init}`)) await delay(1);
  };
  // A test that forgets its farm can still end.
  up.unref();
  for (const stream of [up.stdin, up.stdout, up.stderr]) (stream as Socket).unref();
  const baseline = new Map<string, ReadonlySet<number>>();
  for (const host of ["head", ...hosts]) baseline.set(host, new Set(processesIn(initOf(host))));

  return {
    directory,
    hosts,
    start,
    sh,
    run: (host, command, options) => collect(start(host, command, options)),
    cut,
    join,
    kill,
    async crash(host) {
      await cut(host);
      await kill(host);
    },
    async boot(host) {
      const number = String(hosts.indexOf(host) + 1);
      const words = [resolve(SCRIPTS, "boot.sh"), directory, host, number, directory, ...KEPT];
      const environment = slurm ? { SLURM: "1" } : {};
      const { code, stderr } = await collect(start("head", ["bash", ...words], { environment }));
      if (code !== 0) throw new Error(`${host} does not boot: ${stderr}`);
      await join(host);
      baseline.set(host, new Set(processesIn(initOf(host))));
    },
    traces: (host) => stillThere(initOf(host), baseline.get(host)!, [directory, ...KEPT]),
    async down() {
      up.ref();
      up.stdin.end();
      await ended;
    },
  };
}

/** Shell commands that return when frames pass to a host whose cable has been put back. */
function forwards(host: string): string {
  return `until [ "$(cat /sys/class/net/v${host}/brport/state)" = 3 ]; do sleep 0.01; done; ip neigh flush dev br0`;
}
