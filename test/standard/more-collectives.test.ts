import assert from "node:assert/strict";
import { MAX, SUM, type Communicator } from "tsmpi";
import { rejects } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const ranks = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
const upTo = (rank: number) => (rank * (rank + 1)) / 2;
const concat = (a: string, b: string) => a + b;

await spmd(import.meta.url, EVERYWHERE, {
  "alltoall gives item j of rank i to rank j as item i (32)": async (comm) => {
    const items = ranks(comm).map((to) => ({ from: comm.rank, to, pad: "p".repeat(to * 20_000) }));
    const got = await comm.alltoall(new Set(items));
    for (const [from, item] of got.entries()) {
      assert.deepEqual([item.from, item.to, item.pad.length], [from, comm.rank, comm.rank * 20_000]);
    }
    const arrays = await comm.alltoall(ranks(comm).map(() => new Float64Array(30_000).fill(comm.rank)));
    for (const [from, array] of arrays.entries())
      assert.deepEqual([array.length, array[29_999]], [30_000, from]);
  },

  "alltoall with a list of the wrong length on one rank rejects everywhere, and nobody hangs": async (
    comm,
  ) => {
    const items = new Array(comm.rank === comm.size - 1 ? comm.size + 1 : comm.size).fill(1);
    const error = await rejects(comm.alltoall(items), "ERR_COUNT");
    assert.match(error.message, new RegExp(`rank ${comm.size - 1} passed ${comm.size + 1} items`));
    assert.deepEqual(await comm.alltoall(ranks(comm)), new Array(comm.size).fill(comm.rank));
  },

  "scan covers ranks 0 to r with lower ranks on the left (37)": async (comm) => {
    assert.equal(await comm.scan(comm.rank), upTo(comm.rank));
    assert.equal(await comm.scan("abcdefgh"[comm.rank]!, concat), "abcdefgh".slice(0, comm.rank + 1));
    const mine = new Float64Array(50_000).fill(comm.rank);
    const sums = await comm.scan(mine);
    assert.ok(sums.every((x) => x === upTo(comm.rank)));
    assert.ok(
      mine.every((x) => x === comm.rank),
      "the input is untouched (38)",
    );
    assert.deepEqual(await comm.scan([comm.rank, 1]), [upTo(comm.rank), comm.rank + 1]);
  },

  "exscan covers ranks 0 to r - 1 and is undefined on rank 0 (37)": async (comm) => {
    const before = comm.rank === 0 ? undefined : upTo(comm.rank - 1);
    assert.equal(await comm.exscan(comm.rank), before);
    const text = comm.rank === 0 ? undefined : "abcdefgh".slice(0, comm.rank);
    assert.equal(await comm.exscan("abcdefgh"[comm.rank]!, concat), text);
    const arrays = await comm.exscan(new Float64Array(20_000).fill(comm.rank));
    assert.equal(arrays?.[19_999], before);
    assert.equal(await comm.exscan(comm.rank, MAX), comm.rank === 0 ? undefined : comm.rank - 1);
  },

  "reduceScatterBlock combines item r of every rank on rank r, in rank order (34)": async (comm) => {
    assert.equal(
      await comm.reduceScatterBlock(ranks(comm).map((to) => to * 100 + comm.rank)),
      comm.rank * 100 * comm.size + upTo(comm.size - 1),
    );
    const text = await comm.reduceScatterBlock(
      ranks(comm).map((to) => `${comm.rank}${to} `),
      concat,
    );
    assert.equal(
      text,
      ranks(comm)
        .map((from) => `${from}${comm.rank} `)
        .join(""),
    );
    await rejects(comm.reduceScatterBlock([...ranks(comm), 1]), "ERR_COUNT");
  },

  "reduceScatter takes uneven and zero counts, typed and plain arrays (39)": async (comm) => {
    const counts = ranks(comm).map((rank) => (rank * 2) % 3);
    const length = counts.reduce((a, b) => a + b, 0);
    const begin = counts.slice(0, comm.rank).reduce((a, b) => a + b, 0);
    const expected = Array.from({ length: counts[comm.rank]! }, (_, i) => (begin + i) * comm.size);
    const typed = Float64Array.from({ length }, (_, i) => i);
    assert.deepEqual(await comm.reduceScatter(typed, counts), Float64Array.from(expected));
    assert.deepEqual(await comm.reduceScatter([...typed], counts, SUM), expected);
    assert.deepEqual(
      typed,
      Float64Array.from({ length }, (_, i) => i),
    );
    await rejects(comm.reduceScatter(new Float64Array(length + 1), counts), "ERR_COUNT");
  },

  "scatterv cuts uneven and zero pieces, balanced by default (39)": async (comm) => {
    for (const root of ranks(comm)) {
      const length = 3 * comm.size + 2;
      const whole = Int32Array.from({ length }, (_, i) => i);
      const piece = await comm.scatterv(comm.rank === root ? whole : undefined, { root });
      const share = Math.floor(length / comm.size);
      const extra = length % comm.size;
      const begin = comm.rank * share + Math.min(comm.rank, extra);
      assert.deepEqual(piece, whole.slice(begin, begin + share + (comm.rank < extra ? 1 : 0)));
      piece.fill(-1);
      assert.equal(whole[length - 1], length - 1, "the root's array is not its piece");
      const counts = ranks(comm).map((rank) => (rank === comm.size - 1 ? length : 0));
      const last = await comm.scatterv(comm.rank === root ? [...whole] : undefined, { root, counts });
      assert.deepEqual(last, comm.rank === comm.size - 1 ? [...whole] : []);
    }
    const few = await comm.scatterv(comm.rank === 0 ? Float32Array.of(1) : undefined);
    assert.deepEqual(few, comm.rank === 0 ? Float32Array.of(1) : new Float32Array(0));
    await rejects(comm.scatterv(comm.rank === 0 ? [1, 2] : undefined, { counts: [1] }), "ERR_COUNT");
    await rejects(comm.scatterv(comm.rank === 0 ? ("text" as never) : undefined), "ERR_TYPE");
  },

  "gatherv and allgatherv join pieces of different lengths in rank order (39)": async (comm) => {
    const piece = new Float64Array(comm.rank % 3).fill(comm.rank);
    const whole = Float64Array.from(ranks(comm).flatMap((rank) => new Array(rank % 3).fill(rank)));
    for (const root of ranks(comm)) {
      assert.deepEqual(await comm.gatherv(piece, { root }), comm.rank === root ? whole : undefined);
    }
    assert.deepEqual(await comm.allgatherv(piece), whole);
    const lists = await comm.allgatherv([`rank ${comm.rank}`, [comm.rank]]);
    assert.deepEqual(
      lists,
      ranks(comm).flatMap((rank) => [`rank ${rank}`, [rank]]),
    );
    if (comm.size > 1) {
      await rejects(comm.allgatherv(comm.rank === 0 ? new Int8Array(1) : new Int16Array(1)), "ERR_TYPE");
      await rejects(comm.allgatherv<number[]>(comm.rank === 1 ? (7 as never) : [1]), "ERR_TYPE");
    }
  },

  "alltoallv exchanges pieces of any lengths (39)": async (comm) => {
    const got = await comm.alltoallv(
      ranks(comm).map((to) => new Uint16Array(to + comm.rank).fill(comm.rank)),
    );
    assert.deepEqual(
      got,
      ranks(comm).map((from) => new Uint16Array(from + comm.rank).fill(from)),
    );
  },

  "every collective as a request, many at once and mixed with messages, in any order (41)": async (comm) => {
    const right = (comm.rank + 1) % comm.size;
    const message = comm.irecv<string>({ tag: 77 });
    const requests = [
      comm.ibarrier(),
      comm.ibcast(comm.rank === 0 ? "b" : undefined),
      comm.iscatter(comm.rank === 0 ? ranks(comm) : undefined),
      comm.igather(comm.rank),
      comm.iallgather(comm.rank),
      comm.ialltoall(ranks(comm)),
      comm.ireduce(1),
      comm.iallreduce(1),
      comm.ireduceScatterBlock(ranks(comm)),
      comm.ireduceScatter(ranks(comm), new Array(comm.size).fill(1)),
      comm.iscan(1),
      comm.iexscan(1),
      comm.iscatterv(comm.rank === 0 ? ranks(comm) : undefined),
      comm.igatherv([comm.rank]),
      comm.iallgatherv([comm.rank]),
      comm.ialltoallv(ranks(comm).map((to) => [to])),
    ] as const;
    await comm.send("mixed in", right, { tag: 77 });
    const values = new Array<unknown>(requests.length);
    for (let i = requests.length - 1; i >= 0; i--) values[i] = await requests[i]!.wait();
    assert.equal(await message.wait(), "mixed in");
    const [all, first, n] = [ranks(comm), comm.rank === 0, comm.size];
    assert.deepEqual(values, [
      undefined, "b", comm.rank, first ? all : undefined, all, new Array(n).fill(comm.rank),
      first ? n : undefined, n, comm.rank * n, [comm.rank * n], comm.rank + 1,
      first ? undefined : comm.rank, [comm.rank], first ? all : undefined, all,
      new Array(n).fill([comm.rank]),
    ]); // prettier-ignore
    assert.ok(requests.every(({ done }) => done));
  },

  "a root outside the communicator rejects ERR_ROOT in every collective that has one (33)": async (comm) => {
    for (const root of [comm.size, -1, 0.5]) {
      await rejects(comm.scatterv(ranks(comm), { root }), "ERR_ROOT");
      await rejects(comm.gatherv([1], { root }), "ERR_ROOT");
      await rejects(comm.ibcast(1, { root }).wait(), "ERR_ROOT");
      await rejects(comm.iscatter(ranks(comm), { root }).wait(), "ERR_ROOT");
      await rejects(comm.igather(1, { root }).wait(), "ERR_ROOT");
      await rejects(comm.ireduce(1, SUM, { root }).wait(), "ERR_ROOT");
      await rejects(comm.iscatterv(ranks(comm), { root }).wait(), "ERR_ROOT");
      await rejects(comm.igatherv([1], { root }).wait(), "ERR_ROOT");
    }
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "a nonblocking collective's error comes out of wait": async (comm) => {
    await rejects(comm.ibcast(1, { root: comm.size }).wait(), "ERR_ROOT");
    await rejects(comm.ialltoall([...ranks(comm), 1]).wait(), "ERR_COUNT");
  },
});
