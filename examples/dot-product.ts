/**
 * The dot product of a = [1 … n] and b = [n … 1]: rank 0 makes both, cuts them into pieces, one for every rank
 * (the lengths may differ by one), and the ranks' partial results are combined on their way back.
 *
 * The result, n(n+1)(n+2)/6, soon needs more digits than a number has. So that no addition loses any, a sum is
 * kept as two numbers: the sum as rounded, and what rounding took away. That makes the total exact until its last
 * rounding, in whatever order the ranks add.
 *
 *   npx tsmpirun -n 3 node examples/dot-product.js 1000001
 */
import { world } from "tsmpi";

const n = Number(process.argv[2] ?? 1_000_000);
if (!Number.isSafeInteger(n) || n < 1 || n > 100_000_000) {
  if (world.rank === 0)
    console.error(`dot-product: n must be a whole number from 1 to 100000000, not "${process.argv[2]}"`);
  process.exit(world.rank === 0 ? 1 : 0); // one complaint is enough
}

type Sum = [rounded: number, lost: number];

/** Adds two sums; what rounding takes away is found by Knuth's two-sum. */
function add([a, lostA]: Sum, [b, lostB]: Sum): Sum {
  const sum = a + b;
  const bRounded = sum - a;
  return [sum, lostA + lostB + (a - (sum - bRounded)) + (b - bRounded)];
}

/** One piece of `array` for every rank. They are windows on the array: nothing is copied before it is sent. */
function pieces(array: Float64Array): Float64Array[] {
  const edge = (rank: number) => Math.floor((array.length * rank) / world.size);
  return Array.from({ length: world.size }, (_, rank) => array.subarray(edge(rank), edge(rank + 1)));
}

let a: Float64Array[] | undefined;
let b: Float64Array[] | undefined;
if (world.rank === 0) {
  a = pieces(Float64Array.from({ length: n }, (_, i) => i + 1));
  b = pieces(Float64Array.from({ length: n }, (_, i) => n - i));
}
const myA = await world.scatter(a);
const myB = await world.scatter(b);

let partial: Sum = [0, 0];
for (const [i, x] of myA.entries()) partial = add(partial, [x * (myB[i] ?? NaN), 0]);

const total = await world.reduce(partial, add); // on rank 0, undefined on every other rank

if (total !== undefined) {
  const result = total[0] + total[1];
  const expected = Number((BigInt(n) * BigInt(n + 1) * BigInt(n + 2)) / 6n);
  console.log(`dot product = ${result}, n(n+1)(n+2)/6 = ${expected}`);
  if (result !== expected) {
    console.error("dot-product: these should be equal");
    process.exitCode = 1;
  }
}
