/** Every algorithm against the naive one on random communicators, data and operations (SEMANTICS 45). */
import assert from "node:assert/strict";
import { forceAlgorithms, type Choices } from "@tsmpi/runtime/testing";
import t from "tap";
import { createOp, type Communicator, type OpLike } from "tsmpi";
import { Random } from "../support/random.js";
import { OPERATIONS, arrayOf, combineAll, payload } from "../support/samples.js";
import { simulate } from "../support/simulation.js";

const ROUNDS = 60;
const seed = Number(process.env["TSMPI_TEST_SEED"] ?? Date.now() % 1e9);
t.comment(`seed ${seed}; TSMPI_TEST_SEED=${seed} repeats it`);

/** Of the case at hand: on which host each rank is. */
let placement: (size: number) => readonly number[] = () => [];

/** On up to four hosts, in blocks or by turns. */
function placing(random: Random): typeof placement {
  const count = random.from(1, 4);
  const inBlocks = random.from(0, 1) === 0;
  return (size) =>
    Array.from({ length: size }, (_, rank) => (inBlocks ? Math.floor((rank * count) / size) : rank % count));
}

/** Runs `body` on each of `size` ranks and gives what they return. */
async function results<T>(
  size: number,
  force: Choices,
  body: (comm: Communicator) => Promise<T>,
): Promise<T[]> {
  const values: T[] = [];
  forceAlgorithms(force);
  try {
    await simulate(
      size,
      async (comm) => {
        values[comm.rank] = await body(comm);
      },
      placement(size),
    );
  } finally {
    forceAlgorithms({});
  }
  return values;
}

/** @param check one random case; throws if it comes out wrong */
function property(title: string, check: (random: Random) => Promise<void>): void {
  t.test(title, async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = new Random(seed + round);
      placement = placing(random);
      await check(random).catch((error: unknown) => {
        t.fail(`${title}, TSMPI_TEST_SEED=${seed + round}`, { error: String(error) });
      });
    }
    t.pass(`${ROUNDS} cases`);
  });
}

const ranksOf = (size: number) => Array.from({ length: size }, (_, rank) => rank);

/** No two ranks' results share memory, and none shares it with what was passed in. */
function assertOwnMemory(values: readonly unknown[], inputs: readonly unknown[]): void {
  const buffers = [...values, ...inputs]
    .filter((value) => ArrayBuffer.isView(value))
    .map(({ buffer }) => buffer);
  assert.equal(new Set(buffers).size, buffers.length, "memory is shared");
}

for (const bcast of ["binomial", "scatter"] as const) {
  property(`bcast, ${bcast}`, async (random) => {
    const size = random.from(1, 17);
    const root = random.from(0, size - 1);
    const data = payload(random);
    const values = await results(size, { bcast }, (comm) =>
      comm.bcast(comm.rank === root ? data : undefined, { root }),
    );
    for (const value of values) assert.deepEqual(value, data);
    assertOwnMemory(values, []);
  });
}

for (const algorithm of ["binomial", "linear"] as const) {
  property(`gather and scatter, ${algorithm}`, async (random) => {
    const size = random.from(1, 17);
    const root = random.from(0, size - 1);
    const items = ranksOf(size).map(() => payload(random));
    const force = { gather: algorithm, scatter: algorithm };
    const lists = await results(size, force, (comm) => comm.gather(items[comm.rank], { root }));
    for (const [rank, list] of lists.entries()) assert.deepEqual(list, rank === root ? items : undefined);
    const scattered = await results(size, force, (comm) =>
      comm.scatter(comm.rank === root ? items : undefined, { root }),
    );
    assert.deepEqual(scattered, items);
  });
}

property("gather and scatter of items of very different sizes", async (random) => {
  const size = random.from(1, 17);
  const items = ranksOf(size).map(() => new Float64Array(random.from(0, 1) * 5000).fill(random.from(0, 9)));
  const lists = await results(size, {}, (comm) => comm.gather(items[comm.rank]!));
  assert.deepEqual(lists[0], items);
  const scattered = await results(size, {}, (comm) => comm.scatter(comm.rank === 0 ? items : undefined));
  assert.deepEqual(scattered, items);
  const everywhere = await results(size, {}, (comm) => comm.allgather(items[comm.rank]!));
  for (const list of everywhere) assert.deepEqual(list, items);
  assertOwnMemory(
    everywhere.flatMap((list, rank) => list.filter((_, from) => from !== rank)),
    items,
  );
  const swapped = await results(size, {}, (comm) =>
    comm.alltoall(items.map((_, to) => items[(comm.rank + to) % size]!)),
  );
  for (const [to, list] of swapped.entries()) {
    assert.deepEqual(
      list,
      items.map((_, from) => items[(from + to) % size]!),
    );
  }
});

for (const allgather of ["bruck", "ring"] as const) {
  property(`allgather, ${allgather}`, async (random) => {
    const size = random.from(1, 17);
    const items = ranksOf(size).map(() => payload(random));
    const lists = await results(size, { allgather }, (comm) => comm.allgather(items[comm.rank]));
    for (const list of lists) assert.deepEqual(list, items);
    assertOwnMemory(
      lists.flatMap((list, rank) => list.filter((_, from) => from !== rank)),
      items,
    );
  });
}

for (const alltoall of ["bruck", "notes", "pairwise"] as const) {
  property(`alltoall, ${alltoall}`, async (random) => {
    const size = random.from(1, 17);
    const items = ranksOf(size).map(() => ranksOf(size).map(() => payload(random)));
    const lists = await results(size, { alltoall }, (comm) => comm.alltoall(items[comm.rank]!));
    for (const [to, list] of lists.entries()) {
      assert.deepEqual(
        list,
        items.map((row) => row[to]),
      );
    }
  });
}

for (const algorithm of ["small", "large"] as const) {
  const force: Choices =
    algorithm === "small"
      ? { reduce: "binomial", allreduce: "doubling" }
      : { reduce: "halving", allreduce: "halving" };
  property(`reduce and allreduce of ${algorithm} values, any operation`, async (random) => {
    const size = random.from(1, 17);
    const root = random.from(0, size - 1);
    const { name, op, make } = random.pick(OPERATIONS);
    const length = random.from(0, 40);
    const inputs = ranksOf(size).map(() => make(random, length));
    const before = structuredClone(inputs);
    const wanted = combineAll(op, inputs);
    const reduced = await results(size, force, (comm) =>
      comm.reduce(inputs[comm.rank], op as OpLike<unknown>, { root }),
    );
    for (const [rank, value] of reduced.entries()) {
      assert.deepEqual(value, rank === root ? wanted : undefined, `reduce ${name}`);
    }
    const values = await results(size, force, (comm) =>
      comm.allreduce(inputs[comm.rank], op as OpLike<unknown>),
    );
    for (const value of values) assert.deepEqual(value, wanted, `allreduce ${name}`);
    assert.deepEqual(inputs, before, `${name} has changed what was passed in`);
    assertOwnMemory(values, inputs);
    assertOwnMemory([reduced[root]], inputs);
  });
}

property(
  "allreduce of fractions has the same bits on all ranks, again, and with both algorithms (35)",
  async (random) => {
    const size = random.from(2, 17);
    const inputs = ranksOf(size).map(() =>
      Float64Array.from({ length: 50 }, () => random.fraction() * 10 ** random.from(-9, 9)),
    );
    const first = await results(size, { allreduce: "halving" }, (comm) => comm.allreduce(inputs[comm.rank]!));
    for (const allreduce of ["halving", "doubling"] as const) {
      const again = await results(size, { allreduce }, (comm) => comm.allreduce(inputs[comm.rank]!));
      for (const value of again) assert.deepEqual(Buffer.from(value.buffer), Buffer.from(first[0]!.buffer));
    }
  },
);

for (const reduceScatter of ["pairwise", "halving"] as const) {
  property(`reduceScatter and reduceScatterBlock, ${reduceScatter}`, async (random) => {
    const size = random.from(1, 17);
    const { name, op, make } = random.pick(OPERATIONS);
    const items = ranksOf(size).map(() => ranksOf(size).map(() => make(random, 3)));
    const before = structuredClone(items);
    const values = await results(size, { reduceScatter }, (comm) =>
      comm.reduceScatterBlock(items[comm.rank]!, op as OpLike<unknown>),
    );
    for (const [to, value] of values.entries()) {
      assert.deepEqual(
        value,
        combineAll(
          op,
          items.map((row) => row[to]),
        ),
        name,
      );
    }
    const counts = ranksOf(size).map(() => random.from(0, 4));
    const length = counts.reduce((a, b) => a + b, 0);
    const arrays = ranksOf(size).map(() => arrayOf(Int16Array, random, length));
    const pieces = await results(size, { reduceScatter }, (comm) =>
      comm.reduceScatter(arrays[comm.rank]!, counts),
    );
    const sums = new Int16Array(length).map((_, i) => arrays.reduce((sum, array) => sum + array[i]!, 0));
    assert.deepEqual(Int16Array.from(pieces.flatMap((piece) => [...piece])), sums);
    assert.deepEqual(items, before, `${name} has changed what was passed in`);
  });
}

property("a created operation is cut only if it says it may be", async (random) => {
  const size = random.from(2, 17);
  const norm = (a: Float64Array, b: Float64Array) => {
    const [x, y] = [a[0]! + b[0]!, a.at(-1)! + b.at(-1)!];
    return a.map((_, i) => (i === 0 ? x : i === a.length - 1 ? y : Math.max(a[i]!, b[i]!)));
  };
  const inputs = ranksOf(size).map(() => arrayOf(Float64Array, random, 20));
  const values = await results(size, { allreduce: "halving" }, (comm) =>
    comm.allreduce(inputs[comm.rank]!, createOp(norm)),
  );
  for (const value of values) assert.deepEqual(value, inputs.reduce(norm));
});
