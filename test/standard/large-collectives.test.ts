import assert from "node:assert/strict";
import { createOp, type Communicator } from "tsmpi";
import { rejects } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

const MIB = 2 ** 20;
const ranks = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
/** 16 ranks reduce large arrays in another way than 8 do. */
const SIZES = [1, 2, 3, 5, 8, 16];

function assertFilled(array: Float64Array | undefined, length: number, value: number): void {
  assert.equal(array?.length, length);
  assert.ok(array.every((x) => x === value));
}

await spmd(import.meta.url, SIZES, {
  "bcast of 3 MiB from the first, a middle and the last rank (29)": async (comm) => {
    for (const root of new Set([0, comm.size >> 1, comm.size - 1])) {
      const data = comm.rank === root ? new Float64Array((3 * MIB) / 8 + 1).fill(root) : undefined;
      const got = await comm.bcast(data, { root });
      assertFilled(got, (3 * MIB) / 8 + 1, root);
      got.fill(-1); // nobody else's copy
    }
    const text = await comm.bcast(comm.rank === 0 ? "ü".repeat(1.5 * MIB) : undefined);
    assert.equal(text, "ü".repeat(1.5 * MIB));
  },

  "reduce and allreduce of 1 MiB leave what was passed in untouched (38, 40)": async (comm) => {
    const length = MIB / 8 + 3;
    const mine = new Float64Array(length).fill(comm.rank);
    const sum = (comm.size * (comm.size - 1)) / 2;
    for (const root of new Set([0, comm.size - 1])) {
      const result = await comm.reduce(mine, undefined, { root });
      if (comm.rank === root) assertFilled(result, length, sum);
      else assert.equal(result, undefined);
    }
    const result = await comm.allreduce(mine);
    assertFilled(result, length, sum);
    result.fill(-1);
    assertFilled(mine, length, comm.rank);
    const larger = createOp((a: Float64Array, b: Float64Array) => a.map((x, i) => Math.max(x, b[i]!)), {
      elementwise: true,
    });
    assertFilled(await comm.allreduce(mine, larger), length, comm.size - 1);
  },

  "reduce and allreduce of large arrays of different lengths reject, and nobody waits (44)": async (comm) => {
    if (comm.size === 1) return;
    const odd = comm.rank === comm.size - 1;
    for (const length of [10, MIB / 8 - 1]) {
      const mine = new Float64Array(odd ? length : MIB / 8);
      await assert.rejects(comm.allreduce(mine));
      const reduced = comm.reduce(mine);
      if (comm.rank === 0) await assert.rejects(reduced);
      else await reduced.catch(() => undefined);
      assert.equal(await comm.allreduce(1), comm.size, "the communicator is usable");
    }
    await rejects(comm.allreduce((odd ? () => 1 : new Float64Array(MIB / 8)) as never), "ERR_TYPE");
  },

  "gather, scatter, allgather and alltoall of items of which some are large (30, 32)": async (comm) => {
    const lengthOf = (rank: number) => (rank % 2 === 0 ? 40_000 : 3);
    const item = (rank: number) => new Float64Array(lengthOf(rank)).fill(rank);
    const items = ranks(comm).map(item);
    for (const root of new Set([0, comm.size - 1])) {
      const list = await comm.gather(item(comm.rank), { root });
      assert.deepEqual(list, comm.rank === root ? items : undefined);
      const mine = await comm.scatter(comm.rank === root ? items : undefined, { root });
      assertFilled(mine, lengthOf(comm.rank), comm.rank);
    }
    assert.deepEqual(await comm.allgather(item(comm.rank)), items);
    const swapped = await comm.alltoall(ranks(comm).map((to) => item((to + comm.rank) % comm.size)));
    assert.deepEqual(
      swapped,
      ranks(comm).map((from) => item((from + comm.rank) % comm.size)),
    );
  },
});
