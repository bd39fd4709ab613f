/**
 * Random collectives against the plain loop over the ranks. TSMPI_TEST_SEED repeats a run: every rank
 * derives what all ranks pass from the seed, and so knows what must come out.
 */
import assert from "node:assert/strict";
import { BAND, BOR, BXOR, MAX, MAXLOC, MIN, MINLOC, NO_OP, PROD, REPLACE, SUM, world, type Communicator, type OpLike } from "tsmpi"; // prettier-ignore
import { EVERYWHERE, spmd } from "../support/spmd.js";

const SEED = Number(process.env["TSMPI_TEST_SEED"] ?? 20_261_120);
const CASES = 60;

type Random = (below: number) => number;

/** Equal on every rank for equal seeds. */
function generator(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

const CLASSES = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
] as const; // prettier-ignore
const LENGTHS = [0, 1, 2, 3, 7, 16, 100, 1023, 9000, 40_000];
// Small whole numbers: exact in every type, however they are grouped.
const small = (random: Random) => random(4);
const concat = (a: string, b: string) => a + b;
const merge = (a: object, b: object) => ({ ...a, ...b });
const compose = ([a, b]: number[], [c, d]: number[]) => [(a! * c!) % 1009, (b! * c! + d!) % 1009];

interface Kind {
  readonly name: string;
  readonly ops: readonly { readonly name: string; readonly op: OpLike<unknown>; readonly naive: Combine }[];
  readonly make: (random: Random, rank: number, length: number) => unknown;
}
type Combine = (a: never, b: never) => unknown;

const arithmetic: Readonly<Record<string, [OpLike<unknown>, (a: number, b: number) => number]>> = {
  SUM: [SUM, (a, b) => a + b],
  PROD: [PROD, (a, b) => a * b],
  MAX: [MAX, Math.max],
  MIN: [MIN, Math.min],
  BAND: [BAND, (a, b) => a & b],
  BOR: [BOR, (a, b) => a | b],
  BXOR: [BXOR, (a, b) => a ^ b],
};
const either: Kind["ops"] = [
  { name: "REPLACE", op: REPLACE, naive: (_a, b) => b },
  { name: "NO_OP", op: NO_OP, naive: (a) => a },
];

const kinds: readonly Kind[] = [
  ...CLASSES.map((Class): Kind => ({
    name: Class.name,
    make: (random, _rank, length) => (Class as typeof Float64Array).from({ length }, () => small(random)),
    ops: [
      ...Object.entries(arithmetic).map(([name, [op, naive]]) => ({
        name,
        op,
        naive: (a: Float64Array, b: Float64Array) => a.map((x, i) => naive(x, b[i]!)),
      })),
      ...either,
    ],
  })),
  {
    name: "number",
    make: (random) => small(random),
    ops: [...Object.entries(arithmetic).map(([name, [op, naive]]) => ({ name, op, naive })), ...either],
  },
  {
    name: "list of numbers",
    make: (random, _rank, length) => Array.from({ length: length % 1000 }, () => small(random)),
    ops: ["SUM", "MAX"].map((name) => ({
      name,
      op: arithmetic[name]![0],
      naive: (a: number[], b: number[]) => a.map((x, i) => arithmetic[name]![1](x, b[i]!)),
    })),
  },
  {
    name: "bigint",
    make: (random) => BigInt(random(1000)) << 70n,
    ops: [{ name: "SUM", op: SUM, naive: (a: bigint, b: bigint) => a + b }, ...either],
  },
  {
    name: "[value, index]",
    make: (random, rank) => [small(random), rank],
    ops: [
      { name: "MAXLOC", op: MAXLOC, naive: (a: number[], b: number[]) => (b[0]! > a[0]! ? b : a) },
      { name: "MINLOC", op: MINLOC, naive: (a: number[], b: number[]) => (b[0]! < a[0]! ? b : a) },
    ],
  },
  {
    name: "string, in rank order",
    make: (random, rank, length) => `${rank}${"-".repeat(random(1 + length))}`,
    ops: [{ name: "concatenation", op: concat as OpLike<unknown>, naive: concat }, ...either],
  },
  {
    name: "affine map, in rank order",
    make: (random) => [1 + random(1000), random(1000)],
    ops: [{ name: "composition", op: compose as OpLike<unknown>, naive: compose }],
  },
  {
    name: "object",
    make: (random, rank, length) => Object.fromEntries(Array.from({ length: random(1 + (length % 50)) }, (_, i) => [`k${random(99)}`, [rank, i]])), // prettier-ignore
    ops: [{ name: "merge", op: merge as OpLike<unknown>, naive: merge }, ...either],
  },
];

async function check(comm: Communicator, seed: number): Promise<void> {
  const random = generator(seed);
  const kind = kinds[random(kinds.length)]!;
  const { name, op, naive } = kind.ops[random(kind.ops.length)]!;
  const length = LENGTHS[random(LENGTHS.length)]!;
  const root = random(comm.size);
  const values = Array.from({ length: comm.size }, (_, rank) =>
    kind.make(generator(seed * 31 + rank), rank, length),
  );
  const mine = () => values[comm.rank];
  const fold = (list: readonly unknown[]) => list.reduce((a, b) => naive(a as never, b as never));
  const what = `seed ${seed}: ${name} of ${kind.name}, length ${length}, root ${root}, ${comm.size} ranks: `;
  const equal = (actual: unknown, expected: unknown, call: string) =>
    assert.deepEqual(actual, expected, what + call);

  const isRoot = comm.rank === root;
  const [total, upTo, before] = [
    fold(values),
    fold(values.slice(0, comm.rank + 1)),
    values.slice(0, comm.rank),
  ];
  equal(await comm.reduce(mine(), op, { root }), isRoot ? total : undefined, "reduce");
  equal(await comm.allreduce(mine(), op), total, "allreduce");
  equal(await comm.scan(mine(), op), upTo, "scan");
  equal(await comm.exscan(mine(), op), before.length === 0 ? undefined : fold(before), "exscan");
  equal(await comm.reduceScatterBlock(values, op), values.map(() => mine()).reduce((a, b) => naive(a as never, b as never)), "reduceScatterBlock of equal lists"); // prettier-ignore
  equal(await comm.bcast(isRoot ? mine() : undefined, { root }), values[root], "bcast");
  equal(await comm.gather(mine(), { root }), isRoot ? values : undefined, "gather");
  equal(await comm.allgather(mine()), values, "allgather");
  equal(await comm.scatter(isRoot ? values : undefined, { root }), mine(), "scatter");
  equal(await comm.alltoall(values), values.map(() => mine()), "alltoall"); // prettier-ignore
}

await spmd(import.meta.url, EVERYWHERE, {
  "random collectives give what a loop over the ranks gives (45)": async (comm) => {
    for (let i = 0; i < CASES; i++) await check(comm, SEED + i);
    return world.rank === 0 ? `${CASES} cases from TSMPI_TEST_SEED=${SEED}` : undefined;
  },
});
