// Forces each algorithm of a collective by turns and prints how long a call takes, as JSON lines.
// Arguments: operation, rounds, sizes in bytes. Imports the room itself: only that lets one force algorithms.
import { world } from "@tsmpi/runtime";
import { forceAlgorithms } from "@tsmpi/runtime/testing";

const [operation, rounds, ...sizes] = process.argv.slice(2);
const { rank, size } = world;

const ALGORITHMS = {
  bcast: ["binomial", "scatter"],
  reduce: ["binomial", "halving"],
  allreduce: ["doubling", "halving"],
  allgather: ["bruck", "ring"],
  gather: ["binomial", "linear"],
  scatter: ["binomial", "linear"],
  alltoall: ["bruck", "notes", "pairwise"],
  reduceScatter: ["halving", "pairwise"],
};

/** @type {Record<string, (array: Float64Array, items: Float64Array[]) => Promise<unknown>>} */
const CALLS = {
  bcast: (array) => world.bcast(array),
  reduce: (array) => world.reduce(array),
  allreduce: (array) => world.allreduce(array),
  allgather: (array) => world.allgather(array),
  gather: (array) => world.gather(array),
  scatter: (_array, items) => world.scatter(items),
  alltoall: (_array, items) => world.alltoall(items),
  reduceScatter: (_array, items) => world.reduceScatterBlock(items),
};

for (const bytes of sizes.map(Number)) {
  const array = new Float64Array(Math.max(1, bytes / 8)).fill(rank);
  const items = Array.from({ length: size }, () => array);
  const calls = Math.max(2, Math.min(50, Math.round((8 * 2 ** 20) / (bytes * size))));
  const samples = Object.fromEntries(ALGORITHMS[operation].map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [algorithm, times] of Object.entries(samples)) {
      forceAlgorithms({ [operation]: algorithm });
      await world.barrier();
      const start = performance.now();
      for (let call = 0; call < calls; call++) await CALLS[operation](array, items);
      await world.barrier();
      if (round >= 0) times.push(((performance.now() - start) / calls) * 1e3); // the first round warms up
    }
  }
  if (rank === 0) console.log(JSON.stringify({ bytes, samples }));
}
