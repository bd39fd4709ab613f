import assert from "node:assert/strict";
import {
  BAND, BOR, BXOR, LAND, LOR, LXOR, MAX, MAXLOC, MIN, MINLOC, NO_OP, PROD, REPLACE, SUM, createOp,
  type Communicator,
} from "tsmpi"; // prettier-ignore
import { rejects } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const roots = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
const concat = (a: string, b: string) => a + b;
const letters = (size: number) => "abcdefgh".slice(0, size);
type Matrix = [number, number, number, number];
const multiply = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [
  a * e + b * g,
  a * f + b * h,
  c * e + d * g,
  c * f + d * h,
];

await spmd(import.meta.url, EVERYWHERE, {
  "bcast gives every rank the root's value, from every root and at every size (29)": async (comm) => {
    for (const root of roots(comm)) {
      for (const value of [root, { root }, "x".repeat(100_000), new Float64Array(200_000).fill(root)]) {
        const got = await comm.bcast(comm.rank === root ? value : undefined, { root });
        assert.deepEqual(got, value);
        if (comm.rank === root) assert.equal(got, value, "the root gets its own value back");
      }
    }
  },

  "gather gives the root a list in rank order and others undefined (30)": async (comm) => {
    for (const root of roots(comm)) {
      const list = await comm.gather({ from: comm.rank, pad: "p".repeat(comm.rank * 1000) }, { root });
      if (comm.rank !== root) assert.equal(list, undefined);
      else
        assert.deepEqual(
          list!.map(({ from }) => from),
          roots(comm),
        );
    }
  },

  "allgather gives every rank the same list in rank order (30)": async (comm) => {
    assert.deepEqual(
      await comm.allgather(comm.rank * 10),
      roots(comm).map((rank) => rank * 10),
    );
    const arrays = await comm.allgather(new Int32Array(comm.rank * 20_000).fill(comm.rank));
    for (const [rank, array] of arrays.entries()) {
      assert.deepEqual(array, new Int32Array(rank * 20_000).fill(rank));
    }
  },

  "scatter gives item r to rank r, from any iterable and every root (31)": async (comm) => {
    for (const root of roots(comm)) {
      const items = new Set(roots(comm).map((rank) => ({ to: rank, big: "b".repeat(rank * 30_000) })));
      const mine = await comm.scatter(comm.rank === root ? items : undefined, { root });
      assert.deepEqual([mine.to, mine.big.length], [comm.rank, comm.rank * 30_000]);
    }
    const whole = Float64Array.from({ length: 1000 * comm.size + 3 }, (_, i) => i);
    const pieces = roots(comm).map((rank) =>
      whole.subarray(rank * 1000, rank === comm.size - 1 ? undefined : (rank + 1) * 1000),
    );
    const piece = await comm.scatter(comm.rank === 0 ? pieces : undefined);
    assert.deepEqual(piece, pieces[comm.rank]);
  },

  "scatter of a list of the wrong length rejects ERR_COUNT on every rank (31)": async (comm) => {
    for (const root of roots(comm)) {
      for (const length of [comm.size + 1, comm.size - 1, 0]) {
        const items = comm.rank === root ? new Array(length).fill(1) : undefined;
        const error = await rejects(comm.scatter(items, { root }), "ERR_COUNT");
        assert.match(error.message, new RegExp(`${length} items for ${comm.size} ranks`));
        assert.equal(/ or use scatterv \[/.test(error.message), length > comm.size, error.message);
      }
      const error = await rejects(comm.scatter(undefined, { root }), "ERR_COUNT");
      assert.match(error.message, /must pass a list/);
    }
    assert.equal(await comm.scatter(comm.rank === 0 ? roots(comm) : undefined), comm.rank);
  },

  "a root outside the communicator rejects ERR_ROOT everywhere (33)": async (comm) => {
    for (const root of [comm.size, -1, 1.5, NaN]) {
      await rejects(comm.bcast(1, { root }), "ERR_ROOT");
      await rejects(comm.gather(1, { root }), "ERR_ROOT");
      await rejects(comm.scatter([1], { root }), "ERR_ROOT");
      const error = await rejects(comm.reduce(1, SUM, { root }), "ERR_ROOT");
      assert.match(error.message, new RegExp(`0 to ${comm.size - 1}`));
    }
    assert.equal(await comm.bcast(comm.rank === 0 ? "ok" : undefined), "ok");
  },

  "an operation that does not commute combines in rank order, for every root (34)": async (comm) => {
    const mine = letters(comm.size)[comm.rank]!;
    const shear: Matrix = [1, comm.rank + 1, comm.rank, 1];
    const product = roots(comm)
      .map((rank): Matrix => [1, rank + 1, rank, 1])
      .reduce(multiply);
    for (const root of roots(comm)) {
      const text = await comm.reduce(mine, concat, { root });
      assert.equal(text, comm.rank === root ? letters(comm.size) : undefined);
      const matrix = await comm.reduce(shear, multiply, { root });
      assert.deepEqual(matrix, comm.rank === root ? product : undefined);
    }
    assert.equal(await comm.allreduce(mine, concat), letters(comm.size));
    assert.deepEqual(await comm.allreduce(shear, multiply), product);
  },

  "allreduce gives bitwise the same on every rank, and the same again (35)": async (comm) => {
    const mine = Float64Array.from(
      { length: 1000 },
      (_, i) => Math.sin(i * 7 + comm.rank) * 10 ** (comm.rank * 3),
    );
    const first = await comm.allreduce(mine);
    const second = await comm.allreduce(mine);
    assert.deepEqual(second, first);
    for (const other of await comm.allgather(first)) assert.deepEqual(other, first);
    const scalar = await comm.allreduce(0.1 * (comm.rank + 1));
    for (const other of await comm.allgather(scalar)) assert.equal(other, scalar);
  },

  "the predefined operations work on numbers, bigints, booleans and arrays (36)": async (comm) => {
    const ranks = roots(comm);
    const sum = ranks.reduce((a, b) => a + b, 0);
    assert.equal(await comm.allreduce(comm.rank), sum);
    assert.equal(
      await comm.allreduce(comm.rank + 1, PROD),
      ranks.reduce((a, r) => a * (r + 1), 1),
    );
    assert.equal(
      await comm.allreduce(BigInt(comm.rank) + 2n ** 70n),
      BigInt(sum) + 2n ** 70n * BigInt(comm.size),
    );
    assert.equal(await comm.allreduce(-comm.rank, MAX), 0 * -1 + Math.max(...ranks.map((r) => -r)));
    assert.equal(await comm.allreduce(-comm.rank, MIN), Math.min(...ranks.map((r) => -r)));
    assert.equal(
      await comm.allreduce(comm.rank > 0, LAND),
      ranks.every((r) => r > 0),
    );
    assert.equal(
      await comm.allreduce(comm.rank > 0, LOR),
      ranks.some((r) => r > 0),
    );
    assert.equal(await comm.allreduce(comm.rank > 0, LXOR), ranks.filter((r) => r > 0).length % 2 === 1);
    assert.equal(
      await comm.allreduce(comm.rank | 8, BAND),
      ranks.reduce((a, r) => a & (r | 8), -1),
    );
    assert.equal(await comm.allreduce(1 << comm.rank, BOR), 2 ** comm.size - 1);
    assert.equal(
      await comm.allreduce(comm.rank * 3, BXOR),
      ranks.reduce((a, r) => a ^ (r * 3), 0),
    );
    assert.equal(await comm.allreduce(5n, BAND), 5n);
    assert.deepEqual(await comm.allreduce([comm.rank, 1]), [sum, comm.size]);
    assert.deepEqual(await comm.allreduce(Int32Array.of(comm.rank, -1)), Int32Array.of(sum, -comm.size));
    assert.deepEqual(await comm.allreduce(BigInt64Array.of(1n)), BigInt64Array.of(BigInt(comm.size)));
    assert.deepEqual(await comm.allreduce(Float64Array.of(comm.rank), MAX), Float64Array.of(comm.size - 1));
    assert.equal(await comm.allreduce(comm.rank, REPLACE), comm.size - 1);
    assert.equal(await comm.allreduce(comm.rank + 7, NO_OP), 7);
  },

  "MINLOC and MAXLOC take the lower index of equal values (36)": async (comm) => {
    const pair = (value: number): [number, number] => [value, comm.rank];
    assert.deepEqual(await comm.allreduce(pair(1), MAXLOC), [1, 0]);
    assert.deepEqual(await comm.allreduce(pair(comm.rank), MAXLOC), [comm.size - 1, comm.size - 1]);
    assert.deepEqual(await comm.allreduce(pair(comm.rank % 2), MINLOC), [0, 0]);
    const best = comm.size > 1 ? [1, 1] : [0, 0];
    assert.deepEqual(await comm.allreduce(pair(comm.rank % 2), MAXLOC), best);
  },

  "nothing passed to a reduction is ever written to, and the result is its own (38)": async (comm) => {
    for (const length of [3, 50_000]) {
      const mine = new Float64Array(length).fill(comm.rank + 1);
      for (const root of roots(comm)) {
        const result = await comm.reduce(mine, SUM, { root });
        if (comm.rank === root) assert.equal(result![length - 1], (comm.size * (comm.size + 1)) / 2);
        result?.fill(-1);
      }
      (await comm.allreduce(mine)).fill(-2);
      (await comm.allreduce(mine, NO_OP)).fill(-3);
      assert.ok(mine.every((x) => x === comm.rank + 1));
    }
    const list = [comm.rank, { deep: [comm.rank] }] as const;
    const joined = await comm.allreduce<unknown>(list, (a, b) => [...(a as unknown[]), ...(b as unknown[])]);
    assert.deepEqual(list, [comm.rank, { deep: [comm.rank] }]);
    assert.equal((joined as unknown[]).length, 2 * comm.size);
  },

  "user operations work on long arrays and on objects of different sizes (40)": async (comm) => {
    const mine = Float64Array.from({ length: 70_000 }, (_, i) => i + comm.rank);
    const larger = (a: Float64Array, b: Float64Array) => a.map((x, i) => Math.max(x, b[i]!));
    assert.deepEqual(
      await comm.allreduce(mine, larger),
      mine.map((x) => x - comm.rank + comm.size - 1),
    );
    const merge = createOp((a: Record<string, number>, b: Record<string, number>) => ({ ...a, ...b }));
    const keys = Object.fromEntries(
      Array.from({ length: comm.rank * 100 + 1 }, (_, i) => [`${comm.rank}-${i}`, i]),
    );
    const merged = await comm.allreduce(keys, merge);
    assert.equal(
      Object.keys(merged).length,
      roots(comm).reduce((a, r) => a + r * 100 + 1, 0),
    );
  },

  "collectives that are not awaited do not disturb each other": async (comm) => {
    const sums = Array.from({ length: 50 }, (_, i) => comm.allreduce(i + comm.rank));
    const lists = Array.from({ length: 50 }, (_, i) => comm.allgather(`${i}:${comm.rank}`));
    const texts = Array.from({ length: 50 }, (_, i) =>
      comm.bcast(comm.rank === i % comm.size ? i : -1, { root: i % comm.size }),
    );
    for (let i = 49; i >= 0; i--) {
      assert.equal(await texts[i], i);
      assert.deepEqual(
        await lists[i],
        roots(comm).map((rank) => `${i}:${rank}`),
      );
      assert.equal(await sums[i], comm.size * i + (comm.size * (comm.size - 1)) / 2);
    }
  },

  "no rank leaves a barrier before all have entered (42)": async (comm) => {
    for (let late = 0; late < comm.size; late++) {
      if (comm.rank === late) await new Promise((resolve) => setTimeout(resolve, 30));
      const entered = Date.now();
      await comm.barrier();
      const left = Date.now();
      const last = await comm.allreduce(entered, MAX);
      assert.ok(left >= last, `left at ${left}, last entered at ${last}`);
    }
  },

  "a value that cannot be sent fails the collective everywhere it matters, and no rank hangs": async (
    comm,
  ) => {
    const bad = () => 1;
    const value = (rank: number): unknown => (comm.rank === rank ? bad : 1);
    for (const root of roots(comm)) await rejects(comm.bcast(value(root), { root }), "ERR_TYPE");
    await rejects(comm.scatter(comm.rank === 0 ? new Array(comm.size).fill(bad) : undefined), "ERR_TYPE");
    await rejects(comm.allgather(value(comm.size - 1)), "ERR_TYPE");
    await rejects(comm.allreduce(value(comm.size - 1)), "ERR_TYPE");
    const gathered = comm.gather(value(comm.size - 1));
    if (comm.rank === 0 || comm.rank === comm.size - 1) await rejects(gathered, "ERR_TYPE");
    else assert.equal(await gathered, undefined);
    if (comm.size > 1) {
      await rejects(comm.allreduce<unknown>(comm.rank === 0 ? 1 : "one"), "ERR_OP");
      await rejects(comm.allreduce(new Float64Array(comm.rank === 0 ? 3 : 4)), "ERR_COLLECTIVE");
      const thrown = await rejects(
        comm.allreduce(1, () => {
          throw new Error("user bug");
        }),
        "ERR_OP",
      );
      assert.match(thrown.message, /user bug/);
    }
    assert.equal(await comm.allreduce(1), comm.size);
  },
});
