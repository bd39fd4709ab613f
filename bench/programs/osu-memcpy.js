// The limit of osu_latency and osu_bw: each message is one copy in memory, in one process. `osu-memcpy.js PLAN`.
const BATCHES = 5;
const { rows, milliseconds } = JSON.parse(process.argv[2]);

/** Milliseconds of `count` copies. */
function repeat(to, from, count) {
  const started = performance.now();
  for (let i = 0; i < count; i++) to.set(from);
  return performance.now() - started;
}

function measure(bytes) {
  const [to, from] = [new Float64Array(bytes / 8), new Float64Array(bytes / 8).fill(1)];
  let count = 1;
  while (repeat(to, from, count) < milliseconds / BATCHES) count *= 2; // warms up as well
  return Array.from({ length: BATCHES }, () => (repeat(to, from, count) * 1e3) / count);
}

console.log(
  JSON.stringify(
    Object.fromEntries(rows.map(({ row, sizes }) => [row, { array: sizes.array.map(measure) }])),
  ),
);
