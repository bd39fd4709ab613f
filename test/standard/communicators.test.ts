import assert from "node:assert/strict";
import { ANY_SOURCE, UNDEFINED, self, world, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const ranksOf = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
const right = ({ rank, size }: Communicator) => (rank + 1) % size;
const left = ({ rank, size }: Communicator) => (rank + size - 1) % size;

await spmd(import.meta.url, EVERYWHERE, {
  "compare tells ident, congruent, similar and unequal apart (46)": async (comm) => {
    assert.equal(comm.compare(comm), "ident");
    const copy = await comm.dup();
    assert.equal(comm.compare(copy), "congruent");
    const back = (await comm.split(0, { key: -comm.rank }))!;
    assert.equal(comm.compare(back), comm.size === 1 ? "congruent" : "similar");
    const single = (await comm.split(comm.rank))!;
    assert.equal(comm.compare(single), comm.size === 1 ? "congruent" : "unequal");
    throws(() => comm.compare({} as never), "ERR_COMM");
    for (const made of [copy, back, single]) await made.free();
    throws(() => comm.compare(copy), "ERR_COMM");
  },

  "split orders by key, and by rank where keys tie (47)": async (comm) => {
    const key = comm.rank % 2;
    const all = (await comm.split(7, { key }))!;
    const expected = [...ranksOf(comm).filter((r) => r % 2 === 0), ...ranksOf(comm).filter((r) => r % 2)];
    assert.deepEqual(await all.allgather(comm.rank), expected);
    assert.equal(expected[all.rank], comm.rank);
    await all.free();
  },

  "the same colour and key for all keeps the order; UNDEFINED gives undefined (47)": async (comm) => {
    const same = (await comm.split(3))!;
    assert.deepEqual([same.rank, same.size], [comm.rank, comm.size]);
    await same.free();
    const some = await comm.split(comm.rank % 2 === 0 ? 1 : UNDEFINED);
    assert.equal(some === undefined, comm.rank % 2 === 1);
    if (some !== undefined) assert.equal(await some.allreduce(1), Math.ceil(comm.size / 2));
    await some?.free();
    assert.equal(await comm.split(UNDEFINED), undefined);
  },

  "a bad colour or key of one rank rejects ERR_ARG on every rank (47)": async (comm) => {
    const isLast = comm.rank === comm.size - 1;
    const error = await rejects(comm.split(isLast ? -4 : 0), "ERR_ARG");
    assert.match(error.message, new RegExp(`rank ${comm.size - 1}(, split)?: colour -4 is not`));
    await rejects(comm.split(0, { key: isLast ? 0.5 : 0 }), "ERR_ARG");
    await rejects(comm.splitType("numa" as never), "ERR_ARG");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "a duplicate's messages never match the parent's, nor a collective's a user's (25)": async (comm) => {
    const copy = await comm.dup();
    const wild = [comm.irecv(), copy.irecv()] as const;
    await copy.barrier();
    assert.equal(await comm.allreduce(1), comm.size);
    await copy.send("copy", right(copy));
    await comm.send("parent", right(comm));
    assert.deepEqual([await wild[0].wait(), await wild[1].wait()], ["parent", "copy"]);
    await copy.free();
  },

  "messages that come before the communicator is here wait for it (25)": async (comm) => {
    if (comm.rank === comm.size - 1) await pause(30); // the others have long begun
    const copy = await comm.dup();
    await copy.send(comm.rank, right(copy), { tag: 4 });
    assert.equal(await copy.recv({ source: left(copy) }), left(copy));
    await copy.free();
  },

  "collectives run at the same time on communicators that overlap (43)": async (comm) => {
    const low = (await comm.split(comm.rank <= comm.size / 2 ? 0 : UNDEFINED)) ?? undefined;
    const high = (await comm.split(comm.rank >= comm.size / 2 ? 0 : UNDEFINED)) ?? undefined;
    const pending = [];
    for (let i = 0; i < 20; i++) {
      if (comm.rank % 2) pending.push(high?.allreduce(i), comm.allreduce(i), low?.allreduce(i));
      else pending.push(low?.allreduce(i), high?.allreduce(i), comm.allreduce(i));
    }
    const sums = (await Promise.all(pending)).filter((sum) => sum !== undefined);
    const sizes = [comm.size, low?.size ?? 0, high?.size ?? 0];
    assert.equal(
      sums.reduce((a, b) => a + b, 0),
      190 * sizes.reduce((a, b) => a + b, 0),
    );
    await low?.free();
    await high?.free();
  },

  "communicators are made at the same time on communicators that overlap (43)": async (comm) => {
    const copy = await comm.dup();
    const half = (await comm.split(comm.rank % 2))!;
    const makers = [() => comm.dup(), () => copy.split(0), () => half.dup(), () => half.split(half.rank)];
    const isOdd = comm.rank % 2 === 1;
    const order = isOdd ? makers.toReversed() : makers;
    const made = (await Promise.all(order.map((make) => make()))).map((one) => one!);
    if (isOdd) made.reverse();
    for (const [index, one] of made.entries()) {
      await one.send(index, right(one));
      assert.equal(await one.recv({ source: ANY_SOURCE }), index);
    }
    // Freed by each rank in its own order, at once.
    await Promise.all([...made, copy, half].map((one) => one.free()));
  },

  "status and errors speak in ranks of the communicator (21, 47)": async (comm) => {
    const back = (await comm.split(0, { key: -comm.rank }))!;
    await back.send("around", right(back), { tag: 2 });
    const { status } = await back.recvWithStatus({ tag: 2 });
    assert.equal(status.source, left(back));
    const error = await rejects(back.send(1, back.size), "ERR_RANK");
    assert.equal(error.rank, back.rank);
    await back.free();
  },

  "splitType puts the ranks of one host together, in their order (52)": async (comm) => {
    const host = await comm.splitType("shared");
    assert.deepEqual([host.rank, host.size], [comm.rank, comm.size]);
    const back = await comm.splitType("shared", { key: -comm.rank });
    assert.equal(back.rank, comm.size - 1 - comm.rank);
    await host.free();
    await back.free();
  },

  "using a freed communicator rejects ERR_COMM (49)": async (comm) => {
    const copy = await comm.dup();
    copy.name = "mine";
    await copy.free();
    const error = await rejects(copy.send(1, 0), "ERR_COMM");
    assert.match(error.message, /"mine" has been freed/);
    await rejects(copy.recv(), "ERR_COMM");
    await rejects(copy.barrier(), "ERR_COMM");
    await rejects(copy.dup(), "ERR_COMM");
    await rejects(copy.split(0), "ERR_COMM");
    await rejects(copy.createGroup(comm.group), "ERR_COMM");
    await rejects(copy.free(), "ERR_COMM");
    throws(() => copy.irecv(), "ERR_COMM");
    assert.equal(copy.group.compare(comm.group), "ident", "the group outlives it");
  },

  "the world and self cannot be freed (49)": async (comm) => {
    await rejects(world.free(), "ERR_COMM");
    await rejects(self.free(), "ERR_COMM");
    assert.equal(await comm.allreduce(1), comm.size);
    assert.equal(await self.allreduce(5), 5);
  },

  "await using frees at the end of its block, and not twice (49)": async (comm) => {
    let kept: Communicator | undefined;
    {
      await using copy = await comm.dup();
      kept = copy;
      assert.equal(await copy.allreduce(1), comm.size);
    }
    await rejects(kept.barrier(), "ERR_COMM");
    {
      await using copy = await comm.dup();
      await copy.free();
    }
  },

  "what was called before free completes, and receives nobody sends for fail (49)": async (comm) => {
    const copy = await comm.dup();
    const sum = copy.allreduce(new Float64Array(50_000).fill(1));
    const large = copy.isend(new Uint8Array(3_000_000), right(copy), { tag: 1 });
    const received = copy.irecv<Uint8Array>({ source: left(copy), tag: 1 });
    const never = copy.irecv({ source: left(copy), tag: 2 });
    const lost = copy.isend("nobody wants this", right(copy), { tag: 3 });
    const lostLarge = copy.isend(new Uint8Array(9_000_000), right(copy), { tag: 3 });
    const lostSync = copy.issend("nor this", right(copy), { tag: 3 });
    await copy.free();
    assert.equal((await sum)[49_999], comm.size);
    assert.equal((await received.wait()).byteLength, 3_000_000);
    await rejects(never.wait(), "ERR_COMM");
    for (const send of [large, lost, lostLarge, lostSync]) await send.wait();
  },

  "a communicator outlives the one it was made of (49)": async (comm) => {
    const copy = await comm.dup();
    const half = (await copy.split(copy.rank % 2))!;
    await copy.free();
    assert.equal(await half.allreduce(1), half.size);
    await half.free();
  },
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
