/** Collectives in memory that all ranks of a host see: the same as by messages, after as many calls as make it pay. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ANY_SOURCE, createOp, MAX, SUM, type Communicator } from "tsmpi";
import { rejects } from "../support/reject.js";
import { SLOW } from "../support/slow.js";
import { spmd } from "../support/spmd.js";

const ranks = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);

const same = (a: Float64Array, b: Float64Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

/** More calls than it takes until ranks share memory. */
async function board(comm: Communicator): Promise<void> {
  for (let i = 0; i < 20; i++) await comm.barrier();
}

/** Boards that this process has mapped. */
function mapped(): number {
  return readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .filter((line) => /\/b\d+(-\d+)?( \(deleted\))?$/.test(line)).length;
}

/** Empty, small, as large as fits into a row, larger, and such that every rank combines a piece. */
const LENGTHS = SLOW
  ? [0, 1, 255, 256, 257, 2047, 2048, 2049, 8191, 8192, 50_000]
  : [0, 1, 256, 257, 2048, 2049, 50_000];

await spmd(
  import.meta.url,
  { sizes: [1, 2, 3, 5, 8], on: ["world", "dup", "half"] },
  {
    "every collective gives the same before and after ranks share memory, from every root, at every size (29-33, 45)":
      async (comm) => {
        const { rank, size } = comm;
        for (const length of LENGTHS) {
          for (const root of new Set([0, size - 1])) {
            const mine = new Float64Array(length).fill(rank + 1);
            const total = (size * (size + 1)) / 2;
            const isRoot = rank === root;
            assert.deepEqual(
              await comm.bcast(isRoot ? mine : undefined, { root }),
              new Float64Array(length).fill(root + 1),
            );
            assert.deepEqual(
              await comm.gather(mine, { root }),
              isRoot ? ranks(comm).map((r) => new Float64Array(length).fill(r + 1)) : undefined,
            );
            const text = (from: number, to: number) => `${from} to ${to}: ${"x".repeat(length)}`;
            assert.equal(
              await comm.scatter(isRoot ? ranks(comm).map((r) => text(root, r)) : undefined, { root }),
              text(root, rank),
            );
            assert.deepEqual(
              await comm.allgather({ rank, mine }),
              ranks(comm).map((r) => ({ rank: r, mine: new Float64Array(length).fill(r + 1) })),
            );
            assert.deepEqual(
              await comm.alltoall(ranks(comm).map((r) => text(rank, r))),
              ranks(comm).map((r) => text(r, rank)),
            );
            assert.deepEqual(
              await comm.reduce(mine, SUM, { root }),
              isRoot ? new Float64Array(length).fill(total) : undefined,
            );
            assert.deepEqual(await comm.allreduce(mine), new Float64Array(length).fill(total));
            assert.deepEqual(
              mine,
              new Float64Array(length).fill(rank + 1),
              "what is passed in is not changed (38)",
            );
            assert.equal(
              await comm.allreduce(String(rank), (a, b) => a + b),
              ranks(comm).join(""),
              "in rank order (34)",
            );
          }
        }
      },

    "lists of plain objects arrive of which some fit into a row and others do not (30, 32)": async (comm) => {
      await board(comm);
      for (const length of [10, 300, 4096, 20_000]) {
        const item = (from: number, to: number) => ({
          from,
          text: "x".repeat((length * (to + 1)) / comm.size),
        });
        const mine = ranks(comm).map((to) => item(comm.rank, to));
        assert.deepEqual(
          await comm.alltoall(mine),
          ranks(comm).map((from) => item(from, comm.rank)),
        );
        assert.deepEqual(
          await comm.allgather(mine[comm.rank]),
          ranks(comm).map((from) => item(from, from)),
        );
      }
    },

    "sums have the same bits before and after ranks share memory (35)": async (comm) => {
      const copy = await comm.dup();
      const values = Float64Array.from(
        { length: 20_000 },
        (_, i) => Math.sin(copy.rank * 1e4 + i) * 10 ** (i % 20),
      );
      const sums = async () => [
        await copy.allreduce(values[1]!),
        await copy.allreduce(values),
        await copy.allreduce(values.subarray(0, 100)),
        await copy.reduce(values.subarray(0, 100)),
        await copy.reduce(values[2]!, SUM, { root: copy.size - 1 }),
        await copy.reduce(values, SUM, { root: copy.size - 1 }),
        await copy.reduce(values.subarray(0, 5000), SUM, { root: copy.size >> 1 }),
      ];
      const before = await sums();
      await board(copy);
      assert.deepEqual(await sums(), before);
      await copy.free();
    },

    "more large arrays arrive than ranks have memory for together, also when many calls are under way (29, 41)":
      async (comm) => {
        await board(comm);
        const { rank, size } = comm;
        const make = (of: number, i: number, length = 70_000 + i) =>
          new Float64Array(length).fill(100 * of + i);
        const sum = (i: number) => 50 * size * (size - 1) + size * i;
        const requests = Array.from({ length: 12 }, (_, i) => {
          if (i % 3 === 0) return comm.iallgather(make(rank, i));
          if (i % 3 === 1) return comm.iallreduce(make(rank, i));
          return comm.ireduce(make(rank, i), SUM, { root: i % size });
        });
        for (const [i, request] of requests.entries()) {
          const got = (await request.wait()) as Float64Array | Float64Array[] | undefined;
          if (i % 3 === 0) {
            for (const of of ranks(comm)) assert.ok(same((got as Float64Array[])[of]!, make(of, i)));
          } else if (i % 3 === 1 || i % size === rank) {
            assert.ok(same(got as Float64Array, new Float64Array(70_000 + i).fill(sum(i))));
          } else {
            assert.equal(got, undefined);
          }
        }
        const huge = 600_000; // 4.8 MB
        assert.ok(same(await comm.allreduce(make(rank, 1, huge)), new Float64Array(huge).fill(sum(1))));
        const got = await comm.bcast(rank === 0 ? make(7, 7, huge) : undefined);
        assert.ok(same(got!, make(7, 7, huge)));
      },

    "an operation of the user's may keep what it is given, and change nothing by it (35, 38)": async (
      comm,
    ) => {
      await board(comm);
      const kept: Float64Array[] = [];
      const keeping = createOp(
        (a: Float64Array, b: Float64Array) => {
          kept.push(a, b);
          return a.map((value, i) => value + b[i]!);
        },
        { elementwise: true },
      );
      const copy = await comm.dup();
      await board(copy);
      const mine = new Float64Array(20_000).fill(copy.rank);
      const sum = (copy.size * (copy.size - 1)) / 2;
      assert.ok(same(await copy.allreduce(mine, keeping), new Float64Array(20_000).fill(sum)));
      const values = kept.map((array) => array[0]);
      await copy.allreduce(new Float64Array(20_000).fill(NaN));
      await copy.free();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(
        kept.map((array) => array[0]),
        values,
      );
    },

    "many collectives under way at once complete, whatever is waited for first (41)": async (comm) => {
      await board(comm);
      const { rank, size } = comm;
      const requests = Array.from({ length: 60 }, (_, i) => {
        switch (i % 4) {
          case 0:
            return comm.iallreduce(i);
          case 1:
            return comm.ibcast(rank === i % size ? i : undefined, { root: i % size });
          case 2:
            return comm.iscan(i);
          default:
            return comm.iallgather(new Float64Array(i * 100).fill(i));
        }
      });
      if (size > 1) {
        comm.isend(rank, (rank + 1) % size, { tag: 3 });
        assert.equal(await comm.recv({ source: ANY_SOURCE, tag: 3 }), (rank + size - 1) % size);
      }
      for (const [i, request] of [...requests.entries()].reverse()) {
        const expected = [
          i * size,
          i,
          i * (rank + 1),
          ranks(comm).map(() => new Float64Array(i * 100).fill(i)),
        ][i % 4];
        assert.deepEqual(await request.wait(), expected);
      }
    },

    "objects are what they were when the call was made, however many are under way (29)": async (comm) => {
      await board(comm);
      const value = { number: 0 };
      const calls = [];
      for (let i = 0; i < 40; i++) {
        value.number = i;
        calls.push(comm.bcast(comm.rank === 0 ? value : undefined));
      }
      value.number = -1;
      const got = await Promise.all(calls);
      if (comm.rank !== 0)
        assert.deepEqual(
          got.map((one) => one!.number),
          got.map((_, i) => i),
        );
    },

    "different calls are found, with both places, and the communicator stays usable (44)": async (comm) => {
      if (comm.size === 1) return;
      await board(comm);
      const isOdd = comm.rank === comm.size - 1;
      for (const [ours, theirs] of [
        [() => comm.barrier(), () => comm.bcast(1)],
        [() => comm.allreduce(1), () => comm.allreduce(1, MAX)],
        [() => comm.allgather(1), () => comm.scan(1)],
        [() => comm.allreduce(new Float64Array(10_000)), () => comm.allreduce(new Float64Array(9999))],
        [() => comm.allreduce(new Float64Array(10_000)), () => comm.allreduce(new Float64Array(3))],
      ] as const) {
        const error = await rejects(isOdd ? theirs() : ours(), "ERR_COLLECTIVE");
        assert.match(error.message, /boards\.test\.\w+:\d+:\d+.*boards\.test\.\w+:\d+:\d+/);
        assert.equal(await comm.allreduce(1), comm.size);
      }
    },

    "different calls are found with their places also after thousands that were alike (44)": async (comm) => {
      if (comm.size === 1) return;
      const copy = await comm.dup();
      for (let i = 0; i < 2000; i++) await copy.bcast(i);
      const calls = [copy.rank === 0 ? copy.bcast(1) : copy.gather(1), copy.barrier()];
      const errors = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
      assert.ok((await comm.allreduce(errors.length)) > 0, "some rank is told");
      for (const { reason } of errors as PromiseRejectedResult[]) {
        assert.match(
          String(reason),
          /rank 0 called bcast with root 0 at .*boards\.test.*called gather with root 0 at .*boards\.test/,
        );
      }
    },

    "what one rank cannot send is an error where it is needed, and the next call works (18, 31)": async (
      comm,
    ) => {
      if (comm.size === 1) return;
      await board(comm);
      const isOdd = comm.rank === comm.size - 1;
      const strange: unknown = isOdd ? () => 1 : comm.rank;
      await rejects(comm.allgather(strange), "ERR_TYPE");
      await rejects(comm.bcast(isOdd ? strange : undefined, { root: comm.size - 1 }), "ERR_TYPE");
      await rejects(comm.alltoall(isOdd ? [1] : ranks(comm)), comm.size === 1 ? "ERR_TYPE" : "ERR_COUNT");
      await rejects(comm.scatter(isOdd ? [] : undefined, { root: comm.size - 1 }), "ERR_COUNT");
      const thrower = createOp((): number => {
        throw new Error("no");
      });
      await rejects(comm.allreduce(comm.rank, thrower), "ERR_OP");
      const breaker = createOp(
        (a: Float64Array) => {
          if (a[0] === 0) throw new Error("no");
          return a;
        },
        { elementwise: true },
      );
      await rejects(comm.allreduce(new Float64Array(20_000), breaker), "ERR_OP");
      const atRoot = comm.reduce(new Float64Array(20_000), breaker, { root: comm.size - 1 });
      if (isOdd) await rejects(atRoot, "ERR_OP");
      else assert.match(String(await atRoot.catch(String)), /^undefined$|ERR_OP/, "or where it happened");
      await rejects(comm.allreduce((isOdd ? () => 1 : new Float64Array(20_000)) as never), "ERR_TYPE");
      assert.equal(await comm.allreduce(1), comm.size);
    },

    "results are memory of their own, and stay when the board is used again (38)": async (comm) => {
      await board(comm);
      const kept: [Float64Array, number][] = [];
      for (let i = 0; i < 40; i++) {
        for (const length of [10, 3000, 20_000]) {
          const mine = new Float64Array(length).fill(i);
          kept.push([await comm.allreduce(mine), i * comm.size]);
          mine.fill(NaN);
          const lists = await comm.allgather(new Float64Array(length).fill(i));
          kept.push([lists.at(-1)!, i]);
          const got = await comm.bcast(comm.rank === 0 ? new Float64Array(length).fill(i) : undefined);
          kept.push([got!, i]);
        }
      }
      for (const [array, value] of kept) assert.ok(array.every((element) => element === value));
    },

    "a root that is far ahead waits for the others, and nothing is lost (23)": async (comm) => {
      await board(comm);
      if (comm.rank === comm.size - 1) await new Promise((resolve) => setTimeout(resolve, 50));
      for (let i = 0; i < 500; i++) assert.equal(await comm.bcast(comm.rank === 0 ? i : undefined), i);
    },

    "freed communicators leave no memory behind (48)": async (comm) => {
      const before = mapped();
      for (let i = 0; i < 5; i++) {
        const copy = await comm.dup();
        await board(copy);
        if (copy.size > 1 && process.env.TSMPI_LANES !== "zeromq") assert.equal(mapped(), before + 1);
        await copy.free();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await comm.barrier();
      assert.ok(mapped() <= before + 1);
    },
  },
);
