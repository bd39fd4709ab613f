// Which algorithm of a collective wins at which size: what sets packages/runtime/src/collectives/selection.ts.
// usage: node bench/algorithms.js [--n 2,3,8] [--only bcast,…] [--bytes 1024,…] [--rounds 9]
// Algorithms run by turns inside one job, so a slow moment of the machine meets all alike.
import { parseArgs } from "node:util";
import { command } from "./command.js";
import { describeMachine } from "./machine.js";
import { TSMPIRUN, programPath } from "./paths.js";
import { median } from "./statistics.js";

const WHOLE = [4096, 65_536, 262_144, 1_048_576, 4_194_304]; // of the value
const ITEMS = [64, 1024, 4096, 16_384, 65_536, 262_144]; // of one item
const SIZES = {
  bcast: WHOLE,
  reduce: WHOLE,
  allreduce: WHOLE,
  allgather: ITEMS,
  gather: ITEMS,
  scatter: ITEMS,
  alltoall: ITEMS,
  reduceScatter: ITEMS,
};

const { values } = parseArgs({
  options: {
    n: { type: "string", default: "2,3,8" },
    only: { type: "string", default: Object.keys(SIZES).join(",") },
    bytes: { type: "string" },
    rounds: { type: "string", default: "9" },
  },
});

const { cpu, cores, node, loadBefore } = describeMachine();
console.log(
  `${cpu}, ${cores} cores, Node ${node}, load before ${loadBefore.toFixed(1)}; µs a call, medians\n`,
);
console.log("| operation | n | bytes | times | wins |\n|---|---|---|---|---|");
for (const operation of values.only.split(",")) {
  const sizes = values.bytes?.split(",") ?? SIZES[operation].map(String);
  for (const n of values.n.split(",")) {
    const { stdout } = await command(process.execPath, [
      ...[TSMPIRUN, "-n", n, process.execPath, programPath("algorithms.js")],
      ...[operation, values.rounds, ...sizes],
    ]);
    for (const line of stdout.trim().split("\n")) console.log(row(operation, n, JSON.parse(line)));
  }
}

function row(operation, n, { bytes, samples }) {
  const times = Object.entries(samples).map(([name, list]) => ({ name, time: median(list) }));
  const [best, second] = [...times].sort((a, b) => a.time - b.time);
  const shown = times.map(({ name, time }) => `${name} ${time.toFixed(0)}`).join(", ");
  const verdict =
    second.time < 1.1 * best.time ? "even" : `${best.name} (${(second.time / best.time).toFixed(1)}×)`;
  return `| ${operation} | ${n} | ${bytes} | ${shown} | ${verdict} |`;
}
