// npm run bench: measures ours beside its peers, prints a table, keeps every sample.
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.js";
import { findPeers } from "./peers.js";
import { writeResult } from "./results.js";
import { measureCluster } from "./rows/cluster.js";
import { measurePi } from "./rows/pi.js";
import { measurePingpong } from "./rows/pingpong.js";
import { measureStart } from "./rows/start.js";
import { table } from "./table.js";

const USAGE = "usage: npm run bench -- [--only pingpong|start|pi|cluster] [--rounds N] [--json]";
const ROWS = { pingpong: measurePingpong, start: measureStart, pi: measurePi, cluster: measureCluster };

const options = readOptions();
const rows = Object.entries(ROWS).filter(([name]) => options.only === undefined || name === options.only);
const peers = findPeers();
const machine = describeMachine();
const date = new Date().toISOString();

const lines = [];
for (const [, measure] of rows) lines.push(...(await measure(peers, options.rounds)));

const versions = Object.fromEntries(Object.entries(peers).map(([name, { version }]) => [name, version]));
const result = { date, what: options.only ?? "all", rounds: options.rounds, machine, peers: versions, lines };
const path = writeResult(result);
console.log(options.json ? JSON.stringify(result, null, 2) : `${heading()}\n\n${table(lines)}`);
process.stderr.write(`\nEvery sample is in ${path}\n`);

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
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds} is not above 0`);
    if (values.only !== undefined && !Object.hasOwn(ROWS, values.only)) {
      throw new Error(`--only ${values.only}: there is no such row`);
    }
    return { ...values, rounds };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}
