/** Whose memory it is: what is received belongs to the receiver, what is passed in stays as it was. */
import assert from "node:assert/strict";
import { REPLACE, SUM, type Communicator, type OpLike } from "tsmpi";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;
const ranks = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);

/** Elements below and above what is sent at once. */
const LENGTHS = [5, 20_000];
const OWN = 1000;

/**
 * Each rank writes its mark over all that it got, everybody meets, and all is as each wrote it: no two
 * results share memory, on one rank or through the transport.
 */
async function checkOwned(comm: Communicator, arrays: readonly (Float64Array | undefined)[]): Promise<void> {
  const mine = arrays.filter((array) => array !== undefined);
  for (const [index, array] of mine.entries()) array.fill(OWN * (comm.rank + 1) + index);
  await comm.barrier();
  for (const [index, array] of mine.entries()) {
    assert.ok(
      array.every((x) => x === OWN * (comm.rank + 1) + index),
      `result ${index} was written to`,
    );
  }
}

await spmd(import.meta.url, EVERYWHERE, {
  "what a collective gives is the receiver's own memory (18)": async (comm) => {
    for (const length of LENGTHS) {
      const array = () => new Float64Array(length).fill(comm.rank);
      const lists = ranks(comm).map(array);
      const others = <T>(list: readonly T[] | undefined) =>
        list?.filter((_, rank) => rank !== comm.rank) ?? [];
      const results = [
        comm.rank === 0 ? undefined : await comm.bcast<Float64Array>(),
        comm.rank === 0 ? undefined : await comm.scatter<Float64Array>(),
        ...others(comm.rank === 0 ? undefined : await comm.gather(array())),
      ];
      if (comm.rank === 0) {
        await comm.bcast(array());
        await comm.scatter(lists);
        results.push(...others(await comm.gather(array())));
      }
      results.push(
        ...others(await comm.allgather(array())),
        ...others(await comm.alltoall(lists)),
        await comm.reduce(array()),
        await comm.allreduce(array()),
        await comm.scan(array()),
        await comm.exscan(array()),
        await comm.reduceScatterBlock(lists),
        await comm.reduceScatter(
          new Float64Array(comm.size * 3),
          ranks(comm).map(() => 3),
        ),
        await comm.scatterv(comm.rank === 0 ? array() : undefined),
        await comm.gatherv(array()),
        await comm.allgatherv(array()),
        ...others(await comm.alltoallv(lists)),
      );
      await checkOwned(comm, results);
    }
  },

  "a reduction's result is memory of its own, of whatever kind, even if the operation gives back an argument (18)":
    async (comm) => {
      const bytes = (value: ArrayBufferView | ArrayBuffer) =>
        ArrayBuffer.isView(value)
          ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
          : new Uint8Array(value);
      const first = <T>(a: T) => a;
      for (const length of [8, 80_000]) {
        for (const data of [
          Buffer.alloc(length, 1),
          new Uint8Array(length).fill(1),
          new DataView(new Uint8Array(length).fill(1).buffer),
          new Uint8Array(length).fill(1).buffer,
        ] as (Buffer | ArrayBuffer)[]) {
          for (const op of [REPLACE, first] as OpLike<Buffer | ArrayBuffer>[]) {
            const results = [
              await comm.reduce(data, op),
              await comm.allreduce(data, op),
              await comm.scan(data, op),
              await comm.exscan(data, op),
            ];
            for (const result of results) {
              if (result === undefined) continue;
              assert.equal(result.constructor, data.constructor);
              assert.deepEqual(bytes(result), bytes(data));
              bytes(result).fill(2);
              assert.ok(
                bytes(data).every((byte) => byte === 1),
                `a ${data.constructor.name} was written to`,
              );
            }
          }
        }
      }
    },

  "nothing that is passed to a collective is written to (38)": async (comm) => {
    for (const length of LENGTHS) {
      const mine = Float64Array.from({ length }, (_, i) => i + comm.rank);
      const before = mine.slice();
      const lists = ranks(comm).map(() => mine);
      await comm.reduce(mine, SUM, { root: comm.size - 1 });
      await comm.allreduce(mine);
      await comm.scan(mine);
      await comm.exscan(mine);
      await comm.reduceScatterBlock(lists);
      await comm.alltoall(lists);
      await comm.allgather(mine);
      await comm.gather(mine);
      await comm.gatherv(mine);
      await comm.allgatherv(mine);
      await comm.alltoallv(lists);
      await comm.bcast(comm.rank === 0 ? mine : undefined);
      assert.deepEqual(mine, before);
    }
  },

  "an object may be changed right after any call, at any size (19)": async (comm) => {
    for (const length of LENGTHS) {
      const make = () => ({
        text: "t".repeat(length),
        list: new Float64Array(length).fill(7),
        map: new Map([["k", 1]]),
      });
      const data = make();
      const from = { source: left(comm) };
      const requests = [
        comm.isend(data, right(comm), { tag: 1 }),
        comm.issend(data, right(comm), { tag: 2 }),
        comm.iallgather(data),
        comm.iscatter(comm.rank === 0 ? ranks(comm).map(() => data) : undefined),
        comm.ialltoall(ranks(comm).map(() => data)),
      ] as const;
      data.text = "changed";
      data.list.fill(0);
      data.map.set("k", 2);
      const wanted = make();
      assert.deepEqual(await comm.recv({ ...from, tag: 1 }), wanted);
      assert.deepEqual(await comm.recv({ ...from, tag: 2 }), wanted);
      await Promise.all([requests[0].wait(), requests[1].wait()]);
      const notOwn = (_: unknown, rank: number) => rank !== comm.rank; // one's own item is itself, not a copy
      const gathered = (await requests[2].wait()).filter(notOwn);
      const scattered = await requests[3].wait();
      const exchanged = (await requests[4].wait()).filter(notOwn);
      const copies = [...gathered, ...exchanged, ...(comm.rank === 0 ? [] : [scattered])];
      for (const copy of copies) assert.deepEqual(copy, wanted);
    }
  },
});
