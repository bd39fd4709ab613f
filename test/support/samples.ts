/** Random data, and operations with data that they work on exactly: no rounding, any grouping. */
import {
  BAND,
  BOR,
  BXOR,
  LAND,
  LOR,
  LXOR,
  MAX,
  MAXLOC,
  MIN,
  MINLOC,
  NO_OP,
  PROD,
  REPLACE,
  SUM,
  createOp,
  type Op,
} from "tsmpi";
import type { Random } from "./random.js";

const NUMBERS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const;
const BIGINTS = [BigInt64Array, BigUint64Array] as const;

type NumberClass = (typeof NUMBERS)[number];

/** A typed array of small whole numbers. */
export function arrayOf<C extends NumberClass>(Class: C, random: Random, length: number): InstanceType<C> {
  return Class.from(Array.from({ length }, () => random.from(0, 3))) as InstanceType<C>;
}

function typed(random: Random, length: number): unknown {
  if (random.from(0, 4) > 0) return arrayOf(random.pick(NUMBERS), random, length);
  return random.pick(BIGINTS).from(Array.from({ length }, () => BigInt(random.from(0, 3))));
}

/** Any value that can be sent and compared. */
export function payload(random: Random): unknown {
  const length = random.from(0, 60);
  const list = () => Array.from({ length }, () => random.from(-5, 5));
  return random.pick<() => unknown>([
    () => typed(random, length),
    () => typed(random, length * 20),
    () => random.fraction(),
    () => "ü".repeat(length),
    () => undefined,
    () => null,
    () => list(),
    () => [list(), [list()]],
    () => ({ name: "x".repeat(length), list: list(), inner: { when: new Date(length) } }),
    () => arrayOf(Float64Array, random, length + 3).subarray(1, length),
  ])();
}

interface Operation {
  readonly name: string;
  readonly op: Op | ((a: never, b: never) => unknown);
  /** One rank's value; those of all ranks fit each other. */
  readonly make: (random: Random, length: number) => unknown;
}

/** Values of one kind for all ranks: the kind depends on the length alone, their content on the rank. */
function numeric(random: Random, length: number): unknown {
  const Class = NUMBERS[length % NUMBERS.length]!;
  switch (length % 5) {
    case 0:
      return random.from(-3, 3);
    case 1:
      return BigInt(random.from(-3, 3));
    case 2:
      return Array.from({ length }, () => [random.from(-3, 3)]);
    case 3:
      return BIGINTS[length % 2]!.from(Array.from({ length }, () => BigInt(random.from(0, 3))));
    default:
      return arrayOf(Class, random, length);
  }
}

const vector = (random: Random, length: number) => arrayOf(NUMBERS[length % NUMBERS.length]!, random, length);
const truth = (random: Random, length: number) =>
  length % 2 === 0 ? random.from(0, 1) === 1 : arrayOf(Uint8Array, random, length);
const pairs = (random: Random, length: number) =>
  length % 2 === 0
    ? [random.from(0, 3), random.from(0, 9)]
    : Array.from({ length }, () => [random.from(0, 3), random.from(0, 9)]);
const matrix = (random: Random) => Array.from({ length: 4 }, () => random.from(0, 1));
const product = ([a, b, c, d]: number[], [e, f, g, h]: number[]) =>
  [a! * e! + b! * g!, a! * f! + b! * h!, c! * e! + d! * g!, c! * f! + d! * h!].map((x) => x % 1009);
const lastNonZero = createOp(
  (a: Float64Array, b: Float64Array) => a.map((x, i) => (b[i] === 0 ? x : b[i]!)),
  { elementwise: true, name: "last non-zero" },
);

export const OPERATIONS: readonly Operation[] = [
  ...[SUM, MAX, MIN, SUM].map((op) => ({ name: op.name, op, make: numeric })),
  ...[SUM, MAX, MIN, BAND, BOR, BXOR].map((op) => ({ name: op.name, op, make: vector })),
  ...[LAND, LOR, LXOR].map((op) => ({ name: op.name, op, make: truth })),
  ...[MAXLOC, MINLOC].map((op) => ({ name: op.name, op, make: pairs })),
  ...[REPLACE, NO_OP].map((op) => ({ name: op.name, op, make: payload })),
  { name: "PROD", op: PROD, make: (random, length) => arrayOf(Int32Array, random, length) },
  {
    name: "concatenation",
    op: (a: string, b: string) => a + b,
    make: (random) => "abcdef"[random.from(0, 5)],
  },
  { name: "matrix product", op: product, make: matrix },
  {
    name: "joined objects of different sizes",
    op: (a: { seen: number[] }, b: { seen: number[] }) => ({ seen: [...a.seen, ...b.seen] }),
    make: (random) => ({ seen: Array.from({ length: random.from(0, 5) }, () => random.from(0, 9)) }),
  },
  {
    name: lastNonZero.name,
    op: lastNonZero as Op,
    make: (random, length) => arrayOf(Float64Array, random, length),
  },
];

/** What a reduction must give: from the left, one rank after another. */
export function combineAll(op: Operation["op"], values: readonly unknown[]): unknown {
  const combine = (typeof op === "function" ? op : op.combine) as (a: unknown, b: unknown) => unknown;
  return values.reduce((a, b) => combine(a, b));
}
