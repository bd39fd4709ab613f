import assert from "node:assert/strict";
import { NO_OP, REPLACE, SUM, type Communicator } from "tsmpi";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;
const ranks = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
const filled = <T>(comm: Communicator, value: T): T[] => ranks(comm).map(() => value);

/** Everything that is nothing; all must arrive as what they are. */
const nothings = (): unknown[] => [
  undefined,
  null,
  "",
  [],
  {},
  0,
  -0,
  NaN,
  false,
  0n,
  new Map(),
  new Set(),
  new Uint8Array(0),
  new Float64Array(0),
  new BigInt64Array(0),
  new ArrayBuffer(0),
  Buffer.alloc(0),
  [undefined, null, "", new Float32Array(0)],
];

await spmd(import.meta.url, EVERYWHERE, {
  "nothing passes through every kind of send and receive (17)": async (comm) => {
    for (const value of nothings()) {
      const [source, dest] = [left(comm), right(comm)];
      assert.deepEqual(await comm.sendrecv(value, dest, { source }), value);
      const sends = [
        comm.isend(value, dest, { tag: 1 }),
        comm.issend(value, dest, { tag: 2 }),
        comm.isend(value, dest, { tag: 3 }),
        comm.isend(value, dest, { tag: 4 }),
      ];
      const { data, status } = await comm.recvWithStatus({ source, tag: 1 });
      assert.deepEqual(data, value);
      assert.deepEqual([status.source, status.tag], [source, 1]);
      assert.deepEqual(await comm.irecv({ source, tag: 2 }).wait(), value);
      const probed = await comm.probe({ source, tag: 3 });
      assert.deepEqual(await comm.recv({ source: probed.source, tag: 3 }), value);
      assert.deepEqual(await (await comm.mprobe({ source, tag: 4 })).recv(), value);
      for (const send of sends) await send.wait();
    }
  },

  "a message of no elements leaves all of `into` untouched, and fits into nothing (4, 17)": async (comm) => {
    for (const length of [3, 0]) {
      const into = new Float64Array(length).fill(-1);
      const sent = comm.isend(new Float64Array(0), right(comm));
      const { data, status } = await comm.recvWithStatus({ source: left(comm), into });
      assert.equal(data, into);
      assert.deepEqual([status.bytes, [...into]], [0, new Array(length).fill(-1)]);
      await sent.wait();
    }
  },

  "nothing passes through every collective (17)": async (comm) => {
    for (const value of nothings()) {
      const all = filled(comm, value);
      for (const root of ranks(comm)) {
        const isRoot = comm.rank === root;
        assert.deepEqual(await comm.bcast(isRoot ? value : "ignored", { root }), value);
        assert.deepEqual(await comm.scatter(isRoot ? all : undefined, { root }), value);
        assert.deepEqual(await comm.gather(value, { root }), isRoot ? all : undefined);
        assert.deepEqual(await comm.reduce(value, REPLACE, { root }), isRoot ? value : undefined);
      }
      assert.deepEqual(await comm.allgather(value), all);
      assert.deepEqual(await comm.alltoall(all), all);
      assert.deepEqual(await comm.allreduce(value, NO_OP), value);
      assert.deepEqual(await comm.reduceScatterBlock(all, REPLACE), value);
      assert.deepEqual(await comm.scan(value, REPLACE), value);
      assert.deepEqual(await comm.exscan(value, NO_OP), comm.rank === 0 ? undefined : value);
      assert.deepEqual(await comm.iallgather(value).wait(), all);
    }
  },

  "arrays of no elements pass through reductions and the v-variants (17, 39)": async (comm) => {
    for (const empty of [new Float64Array(0), new Int32Array(0), [] as number[]]) {
      assert.deepEqual(await comm.allreduce(empty, SUM), empty);
      assert.deepEqual(await comm.reduce(empty), comm.rank === 0 ? empty : undefined);
      assert.deepEqual(await comm.scan(empty), empty);
      assert.deepEqual(await comm.reduceScatter(empty, filled(comm, 0)), empty);
      assert.deepEqual(await comm.scatterv(comm.rank === 0 ? empty : undefined), empty);
      assert.deepEqual(await comm.gatherv(empty), comm.rank === 0 ? empty : undefined);
      assert.deepEqual(await comm.allgatherv(empty), empty);
      assert.deepEqual(await comm.alltoallv(filled(comm, empty)), filled(comm, empty));
    }
  },
});
