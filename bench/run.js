// npm run bench: measures ours beside its peers, prints a table, keeps every sample.
import { describeMachine } from "./machine.js";
import { readOptions } from "./options.js";
import { findPeers } from "./peers.js";
import { readResults, writeResult } from "./results.js";
import { writeReport } from "./report.js";
import { measureCluster } from "./rows/cluster.js";
import { measureOsu } from "./rows/osu.js";
import { measurePi } from "./rows/pi.js";
import { measurePingpong } from "./rows/pingpong.js";
import { measureStart } from "./rows/start.js";
import { measureTcp } from "./rows/tcp.js";
import { levelled, table } from "./table.js";

const PARTS = {
  pingpong: measurePingpong,
  start: measureStart,
  pi: measurePi,
  cluster: measureCluster,
  tcp: measureTcp,
  osu: measureOsu,
};

const options = readOptions(Object.keys(PARTS));
if (options.report) {
  for (const path of writeReport(readResults(options.results, options.lanes ?? null))) console.log(path);
} else {
  const peers = findPeers();
  for (const { what, measure } of runs()) await run(what, measure, peers);
}

/** Each number of ranks of the osu rows is a part of its own: who has ten minutes now can do the others later. */
function runs() {
  return options.parts.flatMap((part) => {
    const measure = (n) => (peers) => PARTS[part](peers, options.rounds, { ...options, n });
    if (part !== "osu") return [{ what: part, measure: measure(options.n.start) }];
    const rows = options.chosenRows ? `-${options.chosenRows.join("+")}` : "";
    return options.n.osu.map((n) => ({ what: `osu-${n}${rows}`, measure: measure([n]) }));
  });
}

async function run(what, measure, peers) {
  const machine = describeMachine();
  const date = new Date().toISOString();
  const started = performance.now();
  const lines = await measure(peers);
  const seconds = (performance.now() - started) / 1e3;
  const versions = Object.fromEntries(Object.entries(peers).map(([name, { version }]) => [name, version]));
  const { rounds, lanes = null } = options;
  const result = { date, what, rounds, lanes, machine, peers: versions, lines };
  const { cpu, cores, system, node } = machine;
  const heading = `${what}: ${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${system}, Node ${node}, medians of ${rounds} rounds`;
  const took = `${seconds.toFixed(0)} s in all`;
  console.log(
    options.json
      ? JSON.stringify(result, null, 2)
      : `${heading}\n\n${table(lines)}\n\n${levelled(lines)}${took}\n`,
  );
  if (options.keep) process.stderr.write(`Every sample is in ${writeResult(options.results, result)}\n`);
}
