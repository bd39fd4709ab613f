/** Jobs on the hosts of a farm: the launcher on its head, one rank on each host. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Farm } from "../support/cluster.js";
import { NODE, TSMPIRUN } from "../support/paths.js";
import type { Cell } from "./cell.js";
import { shellCode, type Launcher, type Place } from "./observe.js";

/** Who can be struck by a signal: the host, and what its command line begins with. */
const VICTIMS: Readonly<Record<string, readonly [string, string]>> = {
  agent: ["node02", "^[^ ]*node [^ ]*tsmpi-agent"],
  launcher: ["head", "^[^ ]*node [^ ]*tsmpirun"],
  ssh: ["head", "^ssh .*node02"],
  srun: ["head", "^srun "],
};
/** Everything of a job, and nothing of the farm. */
const LEFTOVERS = "/tsmpi-agent|/tsmpirun|/work\\.js|tsmpi-watchdog|^srun |^ssh ";
/** Longer than any process of a job takes to appear. */
const APPEARANCE_MS = 20_000;
/** A host that goes before the job has reached it is given up after that; srun alone waits eleven seconds for it. */
const CONNECT_SECONDS = 7;

/** Ways to get hosts and to reach them. */
export type Starter = "ssh" | "slurm";

export function onFarm(farm: Farm, starter: Starter): Place {
  const home = join(farm.directory, "home");
  const before = new Set(readdirSync(home));
  const down = new Set<string>();

  const options = ["--connect-timeout", String(CONNECT_SECONDS)];
  const words = (program: readonly string[]) =>
    starter === "ssh"
      ? [NODE, TSMPIRUN, ...options, "-H", farm.hosts.join(","), ...program]
      : ["salloc", "--quiet", `-N${farm.hosts.length}`, "--ntasks-per-node=1"].concat(
          [NODE, TSMPIRUN, ...options],
          program,
        );
  /** Signals a process as soon as there is one; gives up when its job is over, as the next one has such a process, too. */
  const signal = async (victim: string, name: string, isOver = () => false) => {
    const [host, pattern] = VICTIMS[victim]!;
    const deadline = performance.now() + APPEARANCE_MS;
    for (;;) {
      if (isOver()) return;
      const { code } = await farm.run(host, ["pkill", `-${name}`, "-o", "-f", pattern]);
      if (code === 0) return;
      if (performance.now() > deadline) throw new Error(`there is no ${victim} to strike`);
    }
  };
  return {
    ranks: farm.hosts.length,
    start(program): Launcher {
      const { child } = farm.start("head", words(program));
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
      child.stdin.end();
      let over = false;
      child.once("close", () => (over = true)); // not at salloc's exit: the launcher survives its death
      const ended = once(child, "close").then(([code, signal]) => ({
        code: shellCode(code as number | null, signal as NodeJS.Signals | null),
        stderr,
      }));
      return {
        stdout: child.stdout,
        ended,
        kill: (name) => void signal("launcher", name.slice(3), () => over).catch(() => {}),
      }; // salloc may have died first
    },
    async strike({ victim, fault }: Cell) {
      if (victim in VICTIMS) return signal(victim, fault.slice(3));
      const host = victim.split(" ").at(-1)!;
      if (fault === "network cut") await farm.cut(host);
      if (fault === "all processes killed") await farm.kill(host);
      if (fault === "power loss") await farm.crash(host);
      down.add(host);
    },
    async processes() {
      // The head sees the processes of all hosts.
      const { stdout } = await farm.run("head", ["pgrep", "-a", "-f", LEFTOVERS]);
      const lines = stdout.split("\n").filter(Boolean);
      return lines.map((line) => ({ pid: parseInt(line), words: line.slice(line.indexOf(" ") + 1) }));
    },
    async kill(pid) {
      await farm.run("head", ["kill", "-KILL", String(pid)]);
    },
    left() {
      const traces = ["head", ...farm.hosts].flatMap((host) =>
        down.has(host) && !isUp(farm, host) ? [] : [{ host, ...farm.traces(host) }],
      );
      const named = (host: string, name: string) => `${host}: ${name}`;
      return {
        processes: traces.flatMap(({ host, processes }) =>
          processes.filter(ours).map((name) => named(host, name)),
        ),
        files: [
          ...traces.flatMap(({ host, files }) => files.map((name) => named(host, name))),
          ...readdirSync(home).filter((name) => !before.has(name)),
        ],
      };
    },
    async restore() {
      for (const host of ["head", ...farm.hosts]) {
        if (down.has(host)) await (isUp(farm, host) ? farm.join(host) : farm.boot(host));
        const { processes, files } = farm.traces(host);
        if (processes.length > 0) await farm.run(host, ["pkill", "-KILL", "-f", LEFTOVERS]);
        if (files.length > 0) await farm.sh(host, `rm -rf ${files.join(" ")}`);
      }
      down.clear();
      if (starter === "slurm") await idle(farm);
    },
  };
}

/** What waits for a client or a controller that has become silent is sshd's and Slurm's, and ends as they like. */
function ours(commandLine: string): boolean {
  return !/^(sshd|slurmstepd): /.test(commandLine);
}

function isUp(farm: Farm, host: string): boolean {
  try {
    farm.traces(host);
    return true;
  } catch {
    return false; // it has no pid 1
  }
}

/** Waits until Slurm would give all its hosts to a new job. An salloc that was killed leaves its allocation for a minute. */
async function idle(farm: Farm): Promise<void> {
  const all = farm.hosts.join(",");
  const states = async () => (await farm.sh("head", `sinfo -h -N -n ${all} -o %T`)).trim().split("\n");
  for (;;) {
    const now = await states();
    if (now.every((state) => state === "idle")) return;
    await farm.sh("head", "squeue -h -o %i | xargs -r scancel");
    if (now.some((state) => /down|drain|unknown|\*/.test(state))) {
      await farm.run("head", ["scontrol", "update", `nodename=${all}`, "state=resume"]);
    }
    await delay(200);
  }
}
