import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { OSU_ROWS, USUAL_ROWS } from "./osu-plan.js";
import { RESULTS } from "./paths.js";

const usage = (
  parts,
) => `usage: npm run bench -- [--full] [--only ${parts.join("|")}] [--n 2,8,…] [--rounds N] [--json]
       npm run bench -- --only osu [--n 2,8,32] [--rows ${OSU_ROWS.slice(0, 2).join(",")},…] [--lanes zeromq] [--quick]
       npm run bench -- --report [--lanes zeromq]
  --full         every part; without it, all but osu, and only the start of 96 ranks
  --quick        one round, few sizes, no result kept unless --results is given: does it work?
  --lanes        lanes of the ranks in the osu rows; theirs by default
  --results DIR  where results are kept and read, instead of bench/results
  --report       writes docs/benchmarks.md and docs/benchmarks/*.svg from the results that are there`;

const FULL = [2, 8, 32, 96];

/**
 * @param {readonly string[]} parts that there are
 */
export function readOptions(parts) {
  try {
    const { values } = parseArgs({
      options: {
        full: { type: "boolean", default: false },
        only: { type: "string" },
        rounds: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        n: { type: "string" },
        rows: { type: "string" },
        quick: { type: "boolean", default: false },
        lanes: { type: "string" },
        results: { type: "string" },
        report: { type: "boolean", default: false },
      },
    });
    const { full, only, quick, json, report, lanes } = values;
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds} is not above 0`);
    if (only !== undefined && !parts.includes(only)) throw new Error(`--only ${only}: there is no such part`);
    const n = values.n?.split(",").map(Number);
    if (n && !n.every((ranks) => Number.isInteger(ranks) && ranks > 1))
      throw new Error(`--n ${values.n} is no list of numbers above 1`);
    const rows = values.rows?.split(",");
    const unknown = rows?.find((name) => !OSU_ROWS.includes(name));
    if (unknown !== undefined) throw new Error(`--rows ${unknown}: there are ${OSU_ROWS.join(", ")}`);
    return {
      ...{ json, quick, report, lanes, rounds: quick ? 1 : rounds },
      parts: only === undefined ? parts.filter((name) => full || name !== "osu") : [only], // osu takes long
      rows: rows ?? USUAL_ROWS,
      /** Which rows were asked for by name. */
      chosenRows: rows,
      n: { osu: n ?? (full ? FULL : [2, 8, 32]), start: n ?? (full ? FULL : [96]) },
      results: values.results === undefined ? RESULTS : resolve(values.results),
      keep: !quick || values.results !== undefined,
    };
  } catch (error) {
    console.error(`${error.message}\n${usage(parts)}`);
    return process.exit(2);
  }
}
