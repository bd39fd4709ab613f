/**
 * Pi by throwing darts: pi/4 of a square's points fall inside its circle. A seed stands for one long sequence of
 * random numbers, and every rank has a stretch of it to itself: same seed, samples and ranks, same answer.
 *
 *   npx tsmpirun -n 4 node examples/monte-carlo-pi.js 200000000 --seed 42
 */
import { parseArgs } from "node:util";
import { SUM, world, wtime } from "tsmpi";

const options = { seed: { type: "string", default: "1" } } as const;
const { values, positionals } = parseArgs({ options, strict: false });
const [samples, seed] = [Number(positionals[0] ?? 10_000_000), Number(String(values.seed))];
const whole = Number.isSafeInteger(samples) && seed === seed >>> 0;
if (!whole || samples < 1 || Object.keys(values).length > 1) {
  if (world.rank === 0) console.error("usage: monte-carlo-pi.js [samples above 0] [--seed 0 … 4294967295]");
  process.exit(world.rank === 0 ? 1 : 0); // one complaint is enough
}

/** The generator xoshiro128+ by Blackman and Vigna; its numbers are from -1 to 1. */
class Random {
  private state = { a: seed | 0, b: 1, c: 2, d: 3 };
  next(): number {
    const s = this.state;
    const result = ((s.a + s.d) | 0) / 2 ** 31;
    const t = s.b << 9;
    s.c ^= s.a;
    s.d ^= s.b;
    s.b ^= s.c;
    s.a ^= s.d;
    s.c ^= t;
    s.d = (s.d << 11) | (s.d >>> 21);
    return result;
  }
  /** Moves 2^64 numbers ahead, more than a rank can ever use. */
  jump(): void {
    const sum = { a: 0, b: 0, c: 0, d: 0 };
    for (let bits = 0x77f2db5b_6fa035c3_f542d2d3_8764000bn; bits > 0n; bits >>= 1n, this.next()) {
      if (bits & 1n) for (const word of ["a", "b", "c", "d"] as const) sum[word] ^= this.state[word];
    }
    this.state = sum;
  }
}

/** Throws `count` darts from stretch number `stretch` of the sequence; returns how many fell inside the circle. */
function throwDarts(count: number, stretch: number): number {
  const random = new Random();
  for (let i = 0; i <= stretch; i++) random.jump();
  let inside = 0;
  for (let i = 0; i < count; i++) inside += Number(random.next() ** 2 + random.next() ** 2 < 1);
  return inside;
}

const started = wtime();
const mine = Math.floor((samples + world.rank) / world.size); // over all ranks that adds up to `samples`
const total = await world.reduce(throwDarts(mine, world.rank), SUM); // on rank 0, undefined on the others
if (total !== undefined) {
  const pi = (4 * total) / samples;
  console.log(`pi ~= ${pi}\nFinished in: ${(wtime() - started).toFixed(3)} s`);
  if (Math.abs(pi - Math.PI) > 10 / Math.sqrt(samples)) throw new Error("that is not pi: six deviations off");
}
