/** Random host lists and what Slurm makes of them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Numbers 0 ≤ x < limit that a seed determines (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const HEADS = ["n", "node", "rack", "gpu-", "a1", "x0", "", "cn-2.", "R_", "7"];
const MIDDLES = ["", "n", "-", "node", "s0", ".", "c1-"];

/** A legal list of at most a few hundred hosts, of the forms that Slurm 22 understands. */
export function randomHostList(random: (limit: number) => number): string {
  const item = () => {
    const brackets = [0, 1, 1, 1, 2, 2, 3, 4][random(8)]!;
    const budget = brackets < 2 ? 40 : brackets === 2 ? 6 : 3;
    let text = HEADS[random(HEADS.length)]!;
    if (brackets === 0) return `${text}h${random(1000)}`;
    for (let bracket = 0; bracket < brackets; bracket++) {
      if (bracket > 0) text += MIDDLES[random(MIDDLES.length)]!;
      text += `[${Array.from({ length: 1 + random(3) }, () => range(Math.ceil(budget / 2))).join(",")}]`;
    }
    return text;
  };
  const range = (most: number) => {
    const first = random([10, 100, 1000, 100_000][random(4)]!);
    const last = first + random(most);
    const width = [0, 0, 2, 3, 5][random(5)]!;
    const padded = (number: number) => String(number).padStart(width, "0");
    if (random(3) === 0) return padded(first);
    return `${padded(first)}-${random(8) === 0 ? last : padded(last)}`;
  };
  return Array.from({ length: 1 + random(4) }, item).join(",");
}

/** Runs `use` with a function that asks Slurm; undefined where it is not installed. */
export function withSlurm<T>(use: (expand: (lists: readonly string[]) => string[][]) => T): T | undefined {
  const folder = mkdtempSync(join(tmpdir(), "hostlists-"));
  try {
    // Without a configuration scontrol looks for a controller, even for this.
    const configuration = join(folder, "slurm.conf");
    writeFileSync(configuration, "ClusterName=none\nSlurmctldHost=localhost\n");
    const scontrol = (input: string) =>
      execFileSync("scontrol", [], {
        input,
        encoding: "utf8",
        env: { ...process.env, SLURM_CONF: configuration, TERM: "dumb", COLUMNS: "30000" },
        maxBuffer: 2 ** 30,
        stdio: ["pipe", "pipe", "pipe"],
      });
    try {
      scontrol("quit\n");
    } catch {
      return undefined;
    }
    return use((lists) => {
      const commands = lists.map((list) => `show hostnames ${list}\n`).join("");
      const answers = scontrol(`${commands}quit\n`).split(/^scontrol: .*\n/m);
      return answers.slice(1, -1).map((answer) => answer.split("\n").slice(0, -1));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
