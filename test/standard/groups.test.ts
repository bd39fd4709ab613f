import assert from "node:assert/strict";
import { PROC_NULL, UNDEFINED, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const ranksOf = (comm: Communicator) => Array.from({ length: comm.size }, (_, rank) => rank);
const reversed = (comm: Communicator) => comm.group.include(ranksOf(comm).reverse());

await spmd(import.meta.url, EVERYWHERE, {
  "a communicator's group has its ranks in its order (46)": (comm) => {
    assert.equal(comm.group.size, comm.size);
    assert.equal(comm.group.rank, comm.rank);
    assert.deepEqual(comm.group.translate(ranksOf(comm), comm.group), ranksOf(comm));
  },

  "include and exclude choose by rank and keep the order asked for (50)": (comm) => {
    const back = reversed(comm);
    assert.equal(back.rank, comm.size - 1 - comm.rank);
    assert.equal(back.compare(comm.group), comm.size === 1 ? "ident" : "similar");
    const others = comm.group.exclude([comm.rank]);
    assert.equal(others.size, comm.size - 1);
    assert.equal(others.rank, UNDEFINED);
    assert.equal(comm.group.include([]).size, 0);
  },

  "groups that meet in the middle have a union, an intersection and a difference (50)": (comm) => {
    const low = comm.group.include(ranksOf(comm).slice(0, Math.ceil((comm.size + 1) / 2)));
    const high = comm.group.include(ranksOf(comm).slice(Math.floor(comm.size / 2)));
    assert.equal(low.union(high).compare(comm.group), "ident");
    assert.equal(low.intersection(high).size, low.size + high.size - comm.size);
    assert.equal(low.difference(high).size, comm.size - high.size);
    assert.equal(low.difference(low).compare(comm.group.include([])), "ident");
  },

  "translate gives UNDEFINED for who is missing and keeps PROC_NULL (50)": (comm) => {
    const without = comm.group.exclude([0]);
    const ranks = [...ranksOf(comm), PROC_NULL];
    assert.deepEqual(comm.group.translate(ranks, without), [
      UNDEFINED,
      ...ranksOf(comm).slice(0, -1),
      PROC_NULL,
    ]);
  },

  "a rank that is not in the group, or is named twice, throws ERR_GROUP (50)": (comm) => {
    const error = throws(() => comm.group.include([comm.size]), "ERR_GROUP");
    assert.match(error.message, new RegExp(`from 0 to ${comm.size - 1}`));
    throws(() => comm.group.include([0, 0]), "ERR_GROUP");
    throws(() => comm.group.exclude([-1]), "ERR_GROUP");
    throws(() => comm.group.translate([0.5], comm.group), "ERR_GROUP");
    throws(() => comm.group.union(undefined as never), "ERR_GROUP");
  },

  "createGroup involves the group's members only, in the group's order (50)": async (comm) => {
    const odd = ranksOf(comm).filter((rank) => rank % 2 === 1);
    if (comm.rank % 2 === 0) return; // does not call it at all
    const made = (await comm.createGroup(comm.group.include(odd.reverse()), { tag: 5 }))!;
    assert.deepEqual([made.rank, made.size], [odd.indexOf(comm.rank), odd.length]);
    assert.deepEqual(await made.allgather(comm.rank), odd);
    await made.free();
  },

  "groups that share ranks are made at the same time under different tags (43, 50)": async (comm) => {
    const low = comm.group.exclude(comm.size > 1 ? [comm.size - 1] : []);
    const high = comm.group.exclude(comm.size > 1 ? [0] : []);
    const makers = [() => comm.createGroup(low, { tag: 1 }), () => comm.createGroup(high, { tag: 2 })];
    const isOdd = comm.rank % 2 === 1;
    const pending = (isOdd ? makers.toReversed() : makers).map((make) => make());
    if (isOdd) pending.reverse();
    for (const made of await Promise.all(pending)) {
      if (made === undefined) continue;
      assert.equal(await made.allreduce(1), made.size);
      await made.free();
    }
  },

  "messages of createGroup never match the user's, whatever the tag (25, 50)": async (comm) => {
    const wild = comm.irecv();
    const made = (await comm.createGroup(reversed(comm), { tag: 0 }))!;
    assert.equal(await made.allreduce(wild.done ? 1 : 0), 0);
    await comm.send("for the wild receive", (comm.rank + 1) % comm.size);
    assert.equal(await wild.wait(), "for the wild receive");
    await made.free();
  },

  "a rank outside the group gets undefined, the empty group is nobody's (50)": async (comm) => {
    assert.equal(await comm.createGroup(comm.group.include([])), undefined);
    const alone = await comm.createGroup(comm.group.include([comm.size - 1]));
    assert.equal(alone?.size, comm.rank === comm.size - 1 ? 1 : undefined);
    await alone?.free();
    await rejects(comm.createGroup("all" as never), "ERR_GROUP");
    await rejects(comm.createGroup(comm.group, { tag: -1 }), "ERR_TAG");
  },

  "a group with ranks from outside the communicator rejects ERR_GROUP (50)": async (comm) => {
    const mine = (await comm.split(comm.rank))!;
    if (comm.size > 1) await rejects(mine.createGroup(comm.group), "ERR_GROUP");
    await mine.free();
  },
});
