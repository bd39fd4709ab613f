import assert from "node:assert/strict";
import { PROC_NULL, dimsCreate, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const ranksOf = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);

await spmd(import.meta.url, EVERYWHERE, {
  "coordinates and ranks are each other's inverse, in row-major order (51)": async (comm) => {
    const dims = dimsCreate(comm.size, 3);
    const grid = (await comm.createCart(dims))!;
    assert.deepEqual(grid.dims, dims);
    assert.deepEqual(grid.periods, [false, false, false]);
    assert.deepEqual(grid.coords, grid.coordsOf(grid.rank));
    const all = ranksOf(grid).map((rank) => grid.coordsOf(rank));
    assert.deepEqual(
      all.map((coords) => grid.rankOf(coords)),
      ranksOf(grid),
    );
    assert.deepEqual([...all].sort(compareLists), all);
    await grid.free();
  },

  "a shift ends in PROC_NULL at an edge, and data moves by it with sendrecv (51)": async (comm) => {
    const line = (await comm.createCart([comm.size]))!;
    const { source, dest } = line.shift(0, 1);
    assert.equal(source, line.rank === 0 ? PROC_NULL : line.rank - 1);
    assert.equal(dest, line.rank === line.size - 1 ? PROC_NULL : line.rank + 1);
    assert.equal(
      await line.sendrecv(line.rank, dest, { source }),
      line.rank === 0 ? undefined : line.rank - 1,
    );
    assert.deepEqual(line.shift(0, 0), { source: line.rank, dest: line.rank });
    assert.deepEqual(line.shift(0, line.size), { source: PROC_NULL, dest: PROC_NULL });
    await line.free();
  },

  "a shift wraps along a periodic dimension, however far (51)": async (comm) => {
    const ring = (await comm.createCart([comm.size], { periods: [true] }))!;
    const { rank, size } = ring;
    for (const disp of [1, -1, size, 2 * size + 1, -3 * size - 1]) {
      const place = (to: number) => (((rank + to) % size) + size) % size;
      assert.deepEqual(ring.shift(0, disp), { source: place(-disp), dest: place(disp) });
    }
    assert.equal(ring.rankOf([-1]), size - 1);
    await ring.free();
  },

  "ranks beyond the grid get undefined (51)": async (comm) => {
    const grid = await comm.createCart([1, Math.max(1, comm.size - 1)], { periods: true, reorder: true });
    if (comm.size > 1 && comm.rank === comm.size - 1) assert.equal(grid, undefined);
    else assert.deepEqual([grid!.rank, grid!.size], [comm.rank, Math.max(1, comm.size - 1)]);
    await grid?.free();
  },

  "sub gives rows and columns, each a grid of its own (51)": async (comm) => {
    const grid = (await comm.createCart(dimsCreate(comm.size, 2), { periods: [true, false] }))!;
    const [row, column] = [await grid.sub([false, true]), await grid.sub([true, false])];
    assert.deepEqual([row.dims, column.dims], [[grid.dims[1]], [grid.dims[0]]]);
    assert.deepEqual([row.periods, column.periods], [[false], [true]]);
    assert.deepEqual([row.rank, column.rank], [grid.coords[1], grid.coords[0]]);
    const inRow = await row.allgather(grid.coords);
    assert.deepEqual(
      inRow,
      inRow.map((_, index) => [grid.coords[0], index]),
    );
    assert.equal(await column.allreduce(1), column.size);
    const point = await grid.sub([false, false]);
    assert.deepEqual([point.size, point.dims, point.coords], [1, [], []]);
    for (const one of [row, column, point, grid]) await one.free();
  },

  "a duplicate has the grid as well (51)": async (comm) => {
    const grid = (await comm.createCart([comm.size], { periods: true }))!;
    const copy = await grid.dup();
    assert.deepEqual([copy.dims, copy.periods, copy.coords], [grid.dims, grid.periods, grid.coords]);
    assert.equal(copy.compare(grid), "congruent");
    await copy.free();
    await grid.free();
  },

  "bad dimensions reject ERR_DIMS on every rank, and leave the communicator usable (51)": async (comm) => {
    const error = await rejects(comm.createCart([comm.size, 2]), "ERR_DIMS");
    assert.match(error.message, new RegExp(`needs ${comm.size * 2} ranks and there are ${comm.size}`));
    await rejects(comm.createCart([0]), "ERR_DIMS");
    await rejects(comm.createCart([1.5]), "ERR_DIMS");
    await rejects(comm.createCart(4 as never), "ERR_DIMS");
    await rejects(comm.createCart([1], { periods: [true, false] }), "ERR_DIMS");
    if (comm.size > 1) {
      const last = comm.rank === comm.size - 1;
      const different = await rejects(comm.createCart(last ? [1, 1] : [1]), "ERR_DIMS");
      assert.match(different.message, /rank 0 asked for a grid of \[1\]/);
      await rejects(comm.createCart(last ? [-1] : [1]), "ERR_DIMS");
    }
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "what is not in the grid is said where it is asked for (51)": async (comm) => {
    const grid = (await comm.createCart([comm.size, 1], { periods: [false, true] }))!;
    throws(() => grid.coordsOf(grid.size), "ERR_RANK");
    throws(() => grid.rankOf([grid.size, 0]), "ERR_ARG");
    throws(() => grid.rankOf([0]), "ERR_ARG");
    throws(() => grid.shift(2, 1), "ERR_DIMS");
    throws(() => grid.shift(0, 0.5), "ERR_ARG");
    await rejects(grid.sub([true]), "ERR_DIMS");
    await grid.free();
    throws(() => grid.shift(0, 1), "ERR_COMM");
  },
});

function compareLists(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : a[index]! - b[index]!;
}
