/** The matrix of faults on one machine. The whole of it: `npm run test:long`. */
import { hostname } from "node:os";
import t from "tap";
import { rankCells, STATES, type Cell, type State } from "./cell.js";
import { thisMachine } from "./here.js";
import { chosen, places, runMatrix } from "./matrix.js";

t.setTimeout(1_800_000);

const ANYTHING = new RegExp("");
const SIGNALS = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 };

/** A user knows why a job ends that was told to: no words are wanted. */
function launcherCells(): Cell[] {
  const common = { place: "here", victim: "launcher", names: ANYTHING };
  return Object.entries(SIGNALS).flatMap(([fault, code]) => [
    ...STATES.filter((state) => state !== "start").map((state): Cell => ({ ...common, fault, state, code })),
    ...[40, 90, 150, 250, 400].map((after): Cell => ({ ...common, fault, state: "start", after, code })),
  ]);
}

const QUICK: readonly (readonly [string, string, State])[] = [
  ["rank", "SIGKILL", "barrier"],
  ["rank", "SIGKILL", "transfer"],
  ["rank", "exit(0)", "barrier"],
  ["rank", "exit(0)", "start"],
  ["rank", "exit(7)", "compute"],
  ["rank", "throw", "start"],
  ["rank", "unhandled rejection", "transfer"],
  ["rank", "heap exhausted", "barrier"],
  ["launcher", "SIGKILL", "compute"],
  ["launcher", "SIGKILL", "transfer"],
  ["launcher", "SIGTERM", "compute"],
];
const isQuick = ({ victim, fault, state }: Cell) =>
  QUICK.some(([v, f, s]) => v === victim && f === fault && s === state);

t.test("whatever dies on one machine, the job ends, says why, and leaves nothing", async (t) => {
  const host = hostname().replaceAll(".", "\\.");
  const cells = [...rankCells("here", host), ...launcherCells()].map((cell) => ({
    ...cell,
    quick: isQuick(cell),
  }));
  const here = places(() => thisMachine(t));
  await runMatrix(t, "here", here, chosen(cells));
});
