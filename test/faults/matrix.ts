/** Runs cells, asserts what is wanted of each, and prints them as a table. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { ROOT } from "../support/paths.js";
import type { Cell, Verdict } from "./cell.js";
import { observe, type Place } from "./observe.js";

/** `npm run test:long`: the whole of what `npm test` runs a part of. */
export const LONG = process.env["TSMPI_TEST_LONG"] === "1";

/** Jobs that are struck at the same time. More of them are slower than they are in peace, on two cores. */
const AT_ONCE = Number(process.env["TSMPI_TEST_AT_ONCE"] ?? (LONG ? 4 : 1));

/** As many places as there are to be jobs at once. */
export function places<P>(make: () => P): P[] {
  return Array.from({ length: AT_ONCE }, make);
}

const HEAD = [
  "| where | what dies | of | while | ends after | code | cause named | processes left | files left |",
  "|---|---|---|---|---|---|---|---|---|",
];

/** The cells that are wanted this time: all of them, or the quick ones. TSMPI_TEST_FAULTS, matched with their titles, chooses others. */
export function chosen(cells: readonly Cell[]): readonly Cell[] {
  const only = process.env["TSMPI_TEST_FAULTS"];
  if (only !== undefined) return cells.filter((cell) => new RegExp(only).test(titleOf(cell)));
  return LONG ? cells : cells.filter(({ quick }) => quick);
}

/**
 * A subtest for each cell, as many at once as there are places; the table goes to the output and to
 * build/faults/. A place has one job at a time, and sees nothing of the others: what is left there is that job's.
 */
export async function runMatrix(
  t: Test,
  name: string,
  places: readonly Place[],
  cells: readonly Cell[],
): Promise<void> {
  const rows = new Array<string>(cells.length);
  const free = [...places];
  t.jobs = places.length;
  await Promise.all(
    cells.map((cell, index) =>
      t.test(titleOf(cell), { buffered: true }, async (t) => {
        const place = free.pop()!;
        const verdict = await observe(place, cell);
        free.push(place);
        rows[index] = rowOf(cell, verdict);
        t.comment(rows[index]);
        t.equal(verdict.code, cell.code, `the exit code; ${verdict.stderr}`);
        t.match(verdict.stderr, cell.names, "the cause is named");
        t.same(verdict.processes, [], "no process is left");
        t.same(verdict.files, [], "no file is left");
      }),
    ),
  );
  mkdirSync(join(ROOT, "build/faults"), { recursive: true });
  writeFileSync(join(ROOT, `build/faults/${name}.md`), [...HEAD, ...rows, ""].join("\n"));
}

function titleOf({ place, victim, fault, state, after }: Cell): string {
  const when = after === undefined ? state : `${state}, ${after} ms on`;
  return `${place}: ${fault} of ${victim} while ${when}`;
}

function rowOf(cell: Cell, verdict: Verdict): string {
  const { place, victim, fault, state, after } = cell;
  const end = verdict.code === undefined ? "never" : `${verdict.seconds.toFixed(1)} s`;
  const named = cell.names.source === "(?:)" ? "" : cell.names.test(verdict.stderr) ? "yes" : "NO";
  return [
    "",
    place,
    victim,
    fault,
    after === undefined ? state : `${state} (${after} ms)`,
    end,
    verdict.code ?? "",
    named,
    verdict.processes.length,
    verdict.files.length,
    "",
  ]
    .join(" | ")
    .trim();
}
