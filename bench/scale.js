// How collectives scale: rounds, messages, bytes and modelled time for N = 1, 2, 4 … 65 536 ranks, the
// library's own algorithms run over channels in memory. Writes docs/design/scale.md and docs/scale.svg.
// usage: node bench/scale.js [--most 65536] [--dry]
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  Combiner,
  allgather,
  allreduce,
  alltoall,
  barrier,
  bcast,
  encode,
  forceAlgorithms,
  operations,
  reduce,
  simulateChannels,
} from "@tsmpi/runtime/testing";
import { curves } from "./curves.js";
import { ROOT } from "./paths.js";

const { values: options } = parseArgs({
  options: { most: { type: "string", default: "65536" }, dry: { type: "boolean", default: false } },
});
const MOST = Number(options.most);
/** Above this an operation in which every rank gets something of every other takes too much memory. */
const QUADRATIC = 4096;
/** In an alltoall every rank holds N packets. */
const PACKETS = 1024;

// A message takes 35 µs from call to call, 10 µs of them of each side's processor, and its bytes at 2 GB/s.
const MODEL = { overhead: 10e-6, latency: 15e-6, perByte: 1 / 2e9 };
/** A large payload is simulated by one of 1/128 of its size on links that are as much slower. */
const SHRUNK = 128;
const LARGE = 2 ** 20;

const small = { model: MODEL };
const large = { model: { ...MODEL, perByte: MODEL.perByte * SHRUNK } };
const vector = new Uint8Array(LARGE / SHRUNK).fill(1);
const item = encode(1);
const sum = (value) => new Combiner(operations.SUM, value);

/** @type {{ name: string, most: number, force: object, setting: object, body: (channel: any) => Promise<unknown> }[]} */
const ROWS = [
  row("barrier", MOST, {}, small, barrier),
  row("bcast, 8 B", MOST, {}, small, (channel) => bcast(channel, channel.rank === 0 ? item : undefined, 0)),
  row("bcast, 1 MiB, binomial", QUADRATIC, { bcast: "binomial" }, large, bcastLarge),
  row("bcast, 1 MiB, scatter and ring", 512, { bcast: "scatter" }, large, bcastLarge),
  row("reduce, 8 B", MOST, {}, small, (channel) => reduce(channel, sum(1), 0)),
  row("reduce, 1 MiB, binomial", QUADRATIC, { reduce: "binomial" }, large, (channel) =>
    reduce(channel, sum(vector), 0),
  ),
  row("reduce, 1 MiB, halving", QUADRATIC, { reduce: "halving" }, large, (channel) =>
    reduce(channel, sum(vector), 0),
  ),
  row("allreduce, 8 B", MOST, {}, small, (channel) => allreduce(channel, sum(1))),
  row("allreduce, 1 MiB, doubling", QUADRATIC, { allreduce: "doubling" }, large, (channel) =>
    allreduce(channel, sum(vector)),
  ),
  row("allreduce, 1 MiB, halving", QUADRATIC, { allreduce: "halving" }, large, (channel) =>
    allreduce(channel, sum(vector)),
  ),
  row("allgather, 8 B", QUADRATIC, { allgather: "bruck" }, small, (channel) => allgather(channel, item)),
  row("alltoall, 8 B, Bruck", PACKETS, { alltoall: "bruck" }, small, exchange),
  row("alltoall, 8 B, pairwise", PACKETS, { alltoall: "pairwise" }, small, exchange),
];

function row(name, most, force, setting, body) {
  return { name, most: Math.min(most, MOST), force, setting, body };
}

function bcastLarge(channel) {
  return bcast(channel, channel.rank === 0 ? encode(vector) : undefined, 0);
}

function exchange(channel) {
  return alltoall(channel, new Array(channel.size).fill(item));
}

const measured = [];
for (const { name, most, force, setting, body } of ROWS) {
  const points = [];
  forceAlgorithms(force);
  for (let size = 1; size <= most; size *= 2) {
    const start = performance.now();
    const { results, rounds, seconds, messages, bytes } = await simulateChannels(size, body, setting);
    const failed = results.find(({ status }) => status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const scale = setting === large ? SHRUNK : 1;
    points.push({ size, rounds, messages: largest(messages), bytes: largest(bytes) * scale, seconds });
    process.stderr.write(`${name}, ${size} ranks: ${((performance.now() - start) / 1e3).toFixed(1)} s\n`);
  }
  measured.push({ name, points });
}

const text = report(measured);
console.log(text);
if (!options.dry) {
  writeFileSync(resolve(ROOT, "docs/design/scale.md"), text);
  writeFileSync(resolve(ROOT, "docs/scale.svg"), curves(measured));
}

function largest(numbers) {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

function report(rows) {
  return `# Scale: what collectives cost on many ranks

${new Date().toISOString().slice(0, 10)}

Made by \`node bench/scale.js\`. The library's own collectives run on N ranks in one process, over channels that
are queues in memory; nothing is computed from formulas. Time is modelled: a message takes 35 µs from the
sender's call to the receiver's, 10 µs of which keep each side's processor busy, and its bytes pass at 2 GB/s,
one message after another on each rank's way out and in. Every rank has a core of its own; combining values and
encoding them cost nothing. Messages and bytes are those of the busiest rank. The figures of 1 MiB are those of
8 KiB on links ${SHRUNK} times slower. Operations whose result has N items on every rank end at ${QUADRATIC} ranks,
and so do large payloads, alltoall at ${PACKETS}: one process holds all of them. All ranks are on one host here.

![Modelled time over the number of ranks](../scale.svg)

${rows.map(section).join("\n\n")}
`;
}

function section({ name, points }) {
  const lines = points.map(
    ({ size, rounds, messages, bytes, seconds }) =>
      `| ${size} | ${rounds} | ${messages} | ${bytes} | ${(seconds * 1e3).toPrecision(3)} |`,
  );
  return `## ${name}\n\n| N | rounds | messages | bytes | ms |\n|---|---|---|---|---|\n${lines.join("\n")}`;
}
