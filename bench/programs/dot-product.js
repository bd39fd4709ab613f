// The dot product of two arrays that rank 0 has: `dot-product.js N` prints it and the seconds from the arrays to the result.
import { SUM, world } from "tsmpi";

const n = Number(process.argv[2]);
const edge = (rank) => Math.floor((n * rank) / world.size);
const pieces = (array) =>
  Array.from({ length: world.size }, (_, rank) => array.subarray(edge(rank), edge(rank + 1)));

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const root = world.rank === 0;
const a = root ? new Float64Array(n).fill(0.5) : undefined;
const b = root ? new Float64Array(n).fill(2) : undefined;
await world.barrier();
const started = performance.now();
const [mineA, mineB] = [await world.scatter(a && pieces(a)), await world.scatter(b && pieces(b))];
const sum = await world.reduce(dot(mineA, mineB), SUM);
if (root) console.log(JSON.stringify([sum, (performance.now() - started) / 1e3]));
