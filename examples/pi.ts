/**
 * Pi, shared out by scatter and collected by reduce: rank 0 deals a piece to every rank, and the ranks'
 * results are added up on their way back to rank 0.
 *
 * The series is 4 · (1 - 1/3 + 1/5 - 1/7 + …). One interval is two of its terms,
 * 1/(4i+1) - 1/(4i+3) = 2/((4i+1)(4i+3)), and the ranks share the intervals out among themselves.
 *
 *   npx tsmpirun -n 4 node examples/pi.js 100000000
 */
import { SUM, world, wtime } from "tsmpi";

const intervals = Number(process.argv[2] ?? 100_000_000);
if (!Number.isSafeInteger(intervals) || intervals < 1) {
  if (world.rank === 0)
    console.error(`pi: intervals must be a whole number above 0, not "${process.argv[2]}"`);
  process.exit(world.rank === 0 ? 1 : 0); // one complaint is enough
}

/** The intervals of one rank: from the first number to before the second. */
function share(rank: number): [begin: number, end: number] {
  return [Math.floor((intervals * rank) / world.size), Math.floor((intervals * (rank + 1)) / world.size)];
}

/** Sum of the intervals begin to end - 1. The smallest come first, so that rounding stays in the last digits. */
function leibniz(begin: number, end: number): number {
  let sum = 0;
  for (let k = 4 * end - 3; k > 4 * begin; k -= 4) sum += 2 / (k * (k + 2));
  return sum;
}

const started = wtime();
const shares = world.rank === 0 ? Array.from({ length: world.size }, (_, rank) => share(rank)) : undefined;
const [begin, end] = await world.scatter(shares);

const part = leibniz(begin, end);
console.error(`rank ${world.rank}: partial sum ${part} of intervals ${begin} to ${end}`);

const sum = await world.reduce(part, SUM); // the total on rank 0, undefined on every other rank

if (sum !== undefined) {
  const pi = 4 * sum + 2 / (4 * intervals + 1); // the sums jump from side to side of pi: stop midway
  const error = Math.abs(pi - Math.PI);
  console.log(`PI is approximately ${pi.toFixed(16)}, Error is ${error.toFixed(16)}`);
  console.log(`Time = ${(wtime() - started).toFixed(6)} sec`);
  if (error > 1 / (8 * intervals ** 2) + 1e-13) {
    console.error("pi: that is not pi");
    process.exitCode = 1;
  }
}
