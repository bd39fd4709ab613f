/**
 * Golden files: what --display map and --display allocation show for a matrix of allocations and
 * policies. `TSMPI_GOLDEN=write` writes them anew; read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import t from "tap";
import type { Allocation } from "@tsmpi/protocol";
import { LaunchProblem, discover, place } from "@tsmpi/launcher";
import { localhost } from "@tsmpi/launcher/allocation/localhost";
import { displayText } from "@tsmpi/cli/display";
import { parseCommand } from "@tsmpi/cli/parse";
import { buildRequest } from "@tsmpi/cli/request";
import { splitPrograms } from "@tsmpi/cli/words";
import { FIXTURES, ROOT } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

interface Origin {
  readonly options?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the batch system's file says. */
  readonly file?: string;
  readonly allocation?: Allocation;
}

const ORIGINS: Readonly<Record<string, Origin>> = {
  laptop: { allocation: localhost(4, "here") },
  "open-mpi": { options: "--hostfile hostfiles/open-mpi.txt" },
  sequence: { options: "--hostfile hostfiles/sequence.txt" },
  inline: { options: "-H a:2,b,c:3" },
  slurm: {
    environment: {
      SLURM_JOB_ID: "4711",
      SLURM_JOB_NODELIST: "node[01-02],big",
      SLURM_NTASKS: "8",
      SLURM_TASKS_PER_NODE: "2(x2),4",
    },
  },
  pbs: { environment: { PBS_JOBID: "9", PBS_NODEFILE: "nodes" }, file: "n2\nn1\nn2\nn1\nn3\n" },
};

const POLICIES = [
  "prog",
  "-n 1 prog",
  "-n 5 prog",
  "-n 5 --rank-by node prog",
  "-n 5 --map-by node prog",
  "-n 5 --map-by node --rank-by slot prog",
  "-N 1 prog",
  "-n 2 -N 2 prog",
  "-n 50 -N 2 prog",
  "--map-by ppr:2:node prog",
  "--map-by ppr:2:node --oversubscribe prog",
  "--map-by seq prog",
  "-n 2 --map-by seq prog",
  "-n 9 --map-by seq prog",
  "-n 17 prog",
  "-n 17 --nooversubscribe prog",
  "-n 17 --oversubscribe prog",
  "-n 17 --oversubscribe --map-by node prog",
  "-n 1 boss : -n 3 worker 'a b'",
  "--map-by node -n 2 boss : -n 3 worker",
  "--map-by seq -n 1 boss : -n 2 worker",
  "-N 1 boss : -n 2 worker",
  "boss : -n 1 worker",
];

const words = (text: string) => (text.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));

/** What `tsmpirun --dry-run …` shows, or its error. */
function shown(origin: Origin, policy: string): string {
  const argv = words(`${origin.options ?? ""} ${policy}`);
  try {
    const { spec } = buildRequest(
      splitPrograms(argv).map((part) => parseCommand(part)),
      {},
    );
    const readFile = (path: string) => origin.file ?? readFileSync(join(ROOT, path), "utf8");
    const allocation = origin.allocation ?? discover(spec, origin.environment ?? {}, readFile, "here");
    const plan = place(spec, allocation);
    const notice = plan.notice === undefined ? "" : `notice: ${plan.notice}\n`;
    return notice + displayText(["map"], { allocation, plan, environments: [] });
  } catch (error) {
    if (error instanceof LaunchProblem) return `error ${error.exitCode}: ${error.message}\n`;
    throw error;
  }
}

function allocationShown(origin: Origin): string {
  const { spec } = buildRequest([parseCommand(words(`${origin.options ?? ""} prog`))], {});
  const readFile = (path: string) => origin.file ?? readFileSync(join(ROOT, path), "utf8");
  const allocation = origin.allocation ?? discover(spec, origin.environment ?? {}, readFile, "here");
  return displayText(["allocation"], { allocation, plan: place(spec, allocation), environments: [] });
}

for (const [name, origin] of Object.entries(ORIGINS)) {
  t.test(`every policy on ${name} maps ranks as written down`, async (t) => {
    const path = join(FIXTURES, "maps", `${name}.txt`);
    const sections = POLICIES.map((policy) => `$ ${policy}\n${shown(origin, policy)}`);
    const text = [allocationShown(origin), ...sections].join("\n");
    if (process.env["TSMPI_GOLDEN"] === "write") writeFileSync(path, text);
    const parts = (all: string) => all.split(/\n(?=\$ )/);
    t.same(parts(text), parts(readFileSync(path, "utf8")));
  });
}

t.test("a dry run contacts no host, needs none to exist and no batch system to answer", async (t) => {
  const { environment } = ORIGINS["slurm"]!;
  const run = ["--dry-run", "--display", "allocation,map", "-n", "3", "prog"];
  const { code, stdout, stderr } = await tsmpirun(run, { environment: { ...environment, PATH: "/nowhere" } });
  t.same([code, stderr], [0, ""]);
  t.equal(
    stdout,
    `allocation (Slurm job 4711):
  node01: 2 slots (SLURM_TASKS_PER_NODE)
  node02: 2 slots (SLURM_TASKS_PER_NODE)
  big: 4 slots (SLURM_TASKS_PER_NODE)

map:
  rank 0 on node01: prog
  rank 1 on node01: prog
  rank 2 on node02: prog
`,
  );
});

t.test("for machines, hosts come with all that is known about them", async (t) => {
  const hosts = `me@nowhere-1:2,nowhere-2,${hostname()}`;
  const { stdout } = await tsmpirun([
    "--dry-run",
    "--json",
    "-H",
    hosts,
    "--display",
    "allocation,map",
    "prog",
  ]);
  t.match(JSON.parse(stdout), {
    allocation: {
      kind: "hosts",
      hosts: [
        { host: "nowhere-1", slots: 2, slotsOrigin: "--host", user: "me" },
        { host: "nowhere-2", slots: 1, slotsOrigin: "--host says no number" },
        { host: hostname() },
      ],
    },
    map: {
      hosts: [{ host: "nowhere-1" }, {}, {}],
      ranks: [{ hostIndex: 0 }, {}, { rank: 2, hostIndex: 1 }, {}],
    },
  });
});
