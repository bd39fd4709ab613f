/** The matrix of faults on several hosts, with ssh and with Slurm. The whole of it: `npm run test:long`. */
import t from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { rankCells, STATES, type Cell, type State } from "./cell.js";
import { chosen, LONG, places, runMatrix } from "./matrix.js";
import { onFarm, type Starter } from "./there.js";

t.setTimeout(7_200_000);

const ANYTHING = new RegExp("");
const RUNNING = STATES.filter((state) => state !== "start");
const lost = (why: string) =>
  new RegExp(`^tsmpirun: host node02 was lost with rank 1: .*${why}.*; stopping 3 others$`, "m");

function cellsOf(place: Starter): Cell[] {
  const cells = (victim: string, fault: string, code: number, names: RegExp, states = RUNNING) =>
    states.map((state): Cell => ({ place, victim, fault, state, code, names }));
  /** As soon as there is something to strike, or so many milliseconds after the start. */
  const beginning = (
    victim: string,
    fault: string,
    code: number,
    names: RegExp,
    moments: readonly number[] = [0],
  ) => moments.map((after): Cell => ({ place, victim, fault, state: "start", after, code, names }));
  // salloc says 0 when its command was killed.
  const killed = place === "ssh" ? 137 : 0;
  const tool = place === "ssh" ? "ssh" : "srun";
  return [
    ...rankCells(place, "node02"),
    ...cells("agent", "SIGKILL", 1, lost("")),
    ...cells("agent", "SIGTERM", 1, lost("SIGTERM")),
    ...cells("agent", "SIGSTOP", 1, lost("no sign of life")),
    ...beginning("agent", "SIGKILL", 1, /node02/),
    ...beginning("agent", "SIGTERM", 1, /node02/),
    ...cells("launcher", "SIGKILL", killed, ANYTHING),
    ...cells("launcher", "SIGTERM", 143, ANYTHING),
    ...beginning("launcher", "SIGKILL", killed, ANYTHING, [300, 700, 1200, 2000, 3000]),
    ...beginning("launcher", "SIGTERM", 143, ANYTHING, [700, 1200, 2000]),
    ...cells(tool, "SIGKILL", 1, /SIGKILL/),
    // srun hands it on to the agents; ssh dies of it.
    ...cells(tool, "SIGTERM", 1, place === "ssh" ? /SIGTERM/ : /host node\d+ was lost|SIGTERM/),
    ...beginning(tool, "SIGKILL", 1, new RegExp(tool)),
    ...cells("host node02", "network cut", 1, lost("no sign of life")),
    ...beginning("host node02", "network cut", 1, /node02/, [0, 800, 1500]),
    ...cells("host node02", "all processes killed", 1, lost("")),
    ...cells("host node02", "power loss", 1, lost("no sign of life")),
  ];
}

const QUICK: readonly (readonly [string, string, State])[] = [
  ["rank", "SIGKILL", "transfer"],
  ["agent", "SIGKILL", "compute"],
  ["agent", "SIGSTOP", "compute"],
  ["launcher", "SIGKILL", "compute"],
  ["host node02", "network cut", "transfer"],
];
const isQuick = ({ victim, fault, state }: Cell) =>
  QUICK.some(([v, f, s]) => v === victim && f === fault && s === state);

for (const starter of ["ssh", "slurm"] as const) {
  const slurm = starter === "slurm";
  const skip = whyNoCluster({ slurm }) || (slurm && !LONG && "takes long: npm run test:long");
  t.test(
    `whatever dies on hosts reached by ${starter}, the job ends, says why, and leaves nothing`,
    { skip },
    async (t) => {
      const farms = await Promise.all(places(() => startFarm(t, { hosts: 4, slurm })));
      const cells = cellsOf(starter).map((cell) => ({ ...cell, quick: isQuick(cell) }));
      const there = farms.map((farm) => onFarm(farm, starter));
      await runMatrix(t, starter, there, chosen(cells));
    },
  );
}
