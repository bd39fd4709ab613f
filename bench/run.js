// npm run bench: measures ours beside its peers, prints a table, keeps every sample.
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.js";
import { findPeers } from "./peers.js";
import { writeResult } from "./results.js";
import { measureCluster } from "./rows/cluster.js";
import { measureOsu, OSU_ROWS } from "./rows/osu.js";
import { measurePi } from "./rows/pi.js";
import { measurePingpong } from "./rows/pingpong.js";
import { measureStart } from "./rows/start.js";
import { table } from "./table.js";

const USAGE = `usage: npm run bench -- [--only pingpong|start|pi|cluster|osu] [--rounds N] [--json]
       npm run bench -- --only osu [--n 2,8,32] [--rows ${OSU_ROWS.slice(0, 2).join(",")},…] [--quick]`;
const ROWS = {
  pingpong: measurePingpong,
  start: measureStart,
  pi: measurePi,
  cluster: measureCluster,
  osu: measureOsu,
};

const options = readOptions();
const rows = Object.entries(ROWS).filter(
  ([name]) => name === options.only || (options.only === undefined && name !== "osu"), // which takes half an hour
);
const peers = findPeers();
const machine = describeMachine();
const date = new Date().toISOString();

const lines = [];
for (const [, measure] of rows) lines.push(...(await measure(peers, options.rounds, options)));

const versions = Object.fromEntries(Object.entries(peers).map(([name, { version }]) => [name, version]));
const result = { date, what: options.only ?? "all", rounds: options.rounds, machine, peers: versions, lines };
console.log(options.json ? JSON.stringify(result, null, 2) : `${heading()}\n\n${table(lines)}`);
// A quick look at whether it works is no result.
if (!options.quick) process.stderr.write(`\nEvery sample is in ${writeResult(result)}\n`);

function heading() {
  const { cpu, cores, system, node } = machine;
  return `${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${system}, Node ${node}, medians of ${options.rounds} rounds`;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        rounds: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        n: { type: "string", default: "2,8,32" },
        rows: { type: "string", default: OSU_ROWS.join(",") },
        quick: { type: "boolean", default: false },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds} is not above 0`);
    if (values.only !== undefined && !Object.hasOwn(ROWS, values.only)) {
      throw new Error(`--only ${values.only}: there is no such row`);
    }
    const n = values.n.split(",").map(Number);
    if (!n.every((ranks) => Number.isInteger(ranks) && ranks > 1))
      throw new Error(`--n ${values.n} is no list of numbers above 1`);
    const chosen = values.rows.split(",");
    const unknown = chosen.find((name) => !OSU_ROWS.includes(name));
    if (unknown !== undefined) throw new Error(`--rows ${unknown}: there are ${OSU_ROWS.join(", ")}`);
    return { ...values, rounds: values.quick ? 1 : rounds, n, rows: chosen };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}
