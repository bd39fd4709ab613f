/** Ranks that make different calls where they should make the same (SEMANTICS 44). */
import assert from "node:assert/strict";
import { MAX, SUM, type Communicator, type MPIError, type Request } from "tsmpi";
import { rejects } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

const FILE = /mismatch\.test\.[jt]s:\d+:\d+/g;

/** Rank 0 calls one thing, the others another; all of them are told what, and where. */
async function disagree(
  comm: Communicator,
  first: () => Promise<unknown>,
  others: () => Promise<unknown>,
  ...words: readonly string[]
): Promise<void> {
  if (comm.size === 1) return;
  const error = await rejects(comm.rank === 0 ? first() : others(), "ERR_COLLECTIVE");
  tells(error, comm, ...words);
}

function tells(error: MPIError, { rank, size, name }: Communicator, ...words: readonly string[]): void {
  const { message } = error;
  const rest = size === 2 ? "rank 1" : `ranks 1-${size - 1}`;
  for (const word of [
    `rank ${rank}, `,
    `the ranks of "${name}" called`,
    "rank 0 called",
    `${rest} called`,
    ...words,
  ]) {
    assert.ok(message.includes(word), `"${message}" does not say "${word}"`);
  }
  assert.equal(new Set(message.match(FILE)).size, 2, `"${message}" names the lines of both calls`);
  assert.match(error.stack!, FILE, "the stack shows the user's call");
  assert.equal(error.peer, rank === 0 ? 1 : 0);
}

await spmd(
  import.meta.url,
  { sizes: [1, 2, 3, 5], on: ["world", "dup", "half"], together: true },
  {
    "different collectives are told apart on every rank, and the communicator stays usable (44)": async (
      comm,
    ) => {
      await disagree(
        comm,
        () => comm.barrier(),
        () => comm.allreduce(1),
        "different collectives",
        "called barrier at",
        "called allreduce of a number by SUM at",
      );
      assert.equal(await comm.allreduce(1), comm.size);
      await disagree(
        comm,
        () => comm.allgather("x"),
        () => comm.scan(1),
        "called allgather at",
        "called scan of a number by SUM at",
      );
      assert.equal(await comm.allreduce(1), comm.size);
    },

    "different reductions are told apart on every rank (44)": async (comm) => {
      await disagree(
        comm,
        () => comm.allreduce(1, SUM),
        () => comm.allreduce(1, MAX),
        "called allreduce with different arguments",
        "Every rank must pass data of the same type and length, the same operation and the same root",
        "by SUM",
        "by MAX",
      );
      assert.equal(await comm.allreduce(1), comm.size);
    },

    "different lengths and element types are told apart on every rank (44)": async (comm) => {
      await disagree(
        comm,
        () => comm.allreduce(new Float64Array(3)),
        () => comm.allreduce(new Float64Array(4)),
        "of a Float64Array of 3 by SUM",
        "of a Float64Array of 4 by SUM",
      );
      await disagree(
        comm,
        () => comm.allreduce(new Int32Array(4)),
        () => comm.allreduce(new Uint8Array(16)),
        "of an Int32Array of 4 by SUM",
        "of a Uint8Array of 16 by SUM",
      );
      await disagree(
        comm,
        () => comm.allreduce([1, 2]),
        () => comm.allreduce(new Float64Array(2)),
        "of a list of 2 by SUM",
      );
      const large = 100_000; // announced, or sent without a copy
      await disagree(
        comm,
        () => comm.allreduce(new Float64Array(large)),
        () => comm.allreduce(new Float64Array(large + 1)),
        `of ${large} by`,
      );
      assert.deepEqual(await comm.allreduce([1, 2]), [comm.size, 2 * comm.size]);
    },

    "ranks that wait for each other and get nothing are told as well: different roots (44)": async (comm) => {
      await disagree(
        comm,
        () => comm.bcast(1, { root: 1 }),
        () => comm.bcast(2, { root: 0 }),
        "called bcast with different arguments",
        "with root 1",
        "with root 0",
      );
      assert.equal(await comm.allreduce(1), comm.size);
    },

    "collectives of which one waits for another that nobody serves are told apart (44)": async (comm) => {
      await disagree(
        comm,
        () => comm.reduce(1),
        () => comm.scatter(),
        "called reduce of a number by SUM with root 0",
        "called scatter with root 0",
      );
      assert.equal(await comm.allreduce(1), comm.size);
    },

    "parts and copies of a communicator are collectives, too (44)": async (comm) => {
      await disagree(
        comm,
        () => comm.split(0),
        () => comm.splitType("shared"),
        "called split at",
        "called splitType at",
      );
      const grid = (await comm.createCart([1, comm.size]))!;
      await disagree(
        grid,
        () => grid.sub([true, false]),
        () => grid.sub([false, true]),
        "called sub with [true, false]",
        "called sub with [false, true]",
      );
      await grid.free();
    },

    "groups that differ are told apart (44, 50)": async (comm) => {
      if (comm.size < 3) return;
      const group = comm.rank === 0 ? comm.group : comm.group.exclude([2]);
      if (comm.rank === 2) {
        assert.equal(await comm.createGroup(group), undefined);
      } else {
        const error = await rejects(comm.createGroup(group), "ERR_COLLECTIVE");
        assert.match(
          error.message,
          /rank 0 called createGroup with world ranks .*; ranks? 1.* with world ranks/,
        );
      }
      await comm.barrier();
      const made = await comm.createGroup(comm.group);
      assert.equal(await made!.allreduce(1), comm.size);
      await made!.free();
    },

    "calls that end everywhere without waiting come to light with the next one (44)": async (comm) => {
      if (comm.size !== 2) return;
      const copy = await comm.dup();
      const calls = [copy.rank === 0 ? copy.bcast(1) : copy.gather(1), copy.barrier()];
      const errors = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
      for (const { reason } of errors as PromiseRejectedResult[]) {
        assert.match(
          String(reason),
          /rank 0 called bcast with root 0 at .*rank 1 called gather with root 0 at /,
        );
        assert.equal((reason as MPIError).code, "ERR_COLLECTIVE");
      }
      assert.ok((await comm.allreduce(errors.length)) > 0, "somebody is told");
    },

    "a difference in one of many nonblocking collectives concerns that one alone (41, 44)": async (comm) => {
      const before = comm.iallreduce(1);
      let wrong: Request<unknown>;
      if (comm.rank === 0) wrong = comm.ibarrier();
      else wrong = comm.iallgather(1);
      const after = comm.iallreduce(2);
      if (comm.size > 1) {
        const error = await rejects(wrong.wait(), "ERR_COLLECTIVE");
        tells(error, comm, "called barrier at", "called allgather at");
      } else await wrong.wait();
      assert.equal(await before.wait(), comm.size);
      assert.equal(await after.wait(), 2 * comm.size);
    },
  },
);
