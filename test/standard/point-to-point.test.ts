import assert from "node:assert/strict";
import { ANY_SOURCE, ANY_TAG, PROC_NULL, TAG_UB, world, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const EAGER = 65_536;

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;

await spmd(import.meta.url, EVERYWHERE, {
  "send, recv and sendrecv with PROC_NULL complete at once (1)": async (comm) => {
    await comm.send("nothing", PROC_NULL);
    assert.equal(await comm.recv({ source: PROC_NULL }), undefined);
    const { data, status } = await comm.recvWithStatus({ source: PROC_NULL });
    assert.deepEqual([data, status.source, status.bytes], [undefined, PROC_NULL, 0]);
    assert.equal(await comm.sendrecv(1, PROC_NULL, { source: PROC_NULL }), undefined);
    await comm.isend(1, PROC_NULL).wait();
    assert.equal(await comm.irecv({ source: PROC_NULL }).wait(), undefined);
  },

  "a message to oneself needs no posted receive if it is eager (2)": async (comm) => {
    const request = comm.isend({ to: "me" }, comm.rank);
    assert.deepEqual(await comm.recv({ source: comm.rank }), { to: "me" });
    await request.wait();
    await comm.send(new Float64Array(8).fill(comm.rank), comm.rank, { tag: 5 });
    assert.deepEqual(await comm.recv({ source: comm.rank, tag: 5 }), new Float64Array(8).fill(comm.rank));
  },

  "a large message to oneself completes when it is received (2)": async (comm) => {
    const data = new Uint8Array(EAGER * 4).fill(7);
    const sent = comm.isend(data, comm.rank);
    assert.equal(await sent.test(), false);
    const received = await comm.recv<Uint8Array>({ source: comm.rank });
    await sent.wait();
    assert.deepEqual(received, data);
    assert.notEqual(received.buffer, data.buffer);
  },

  "a ring of sendrecv never deadlocks, from 0 bytes to 64 MiB (3)": async (comm) => {
    for (const bytes of [0, 1, 100, EAGER - 1, EAGER, EAGER + 1, 2 ** 20, 2 ** 22 + 1, 2 ** 26]) {
      if (bytes > 2 ** 23 && (world.size > 3 || comm !== world)) continue; // the same path, and 8 × 64 MiB take a while
      const mine = new Uint8Array(bytes).fill(comm.rank);
      const got = await comm.sendrecv<Uint8Array>(mine, right(comm), { source: left(comm) });
      assert.equal(got.byteLength, bytes);
      if (bytes > 0) assert.deepEqual([got[0], got[bytes - 1]], [left(comm), left(comm)]);
    }
  },

  "a message shorter than `into` leaves the tail untouched (4)": async (comm) => {
    const into = new Float64Array(10).fill(-1);
    const sent = comm.isend(Float64Array.of(1, 2, 3), right(comm));
    assert.equal(await comm.recv({ source: left(comm), into }), into);
    await sent.wait();
    assert.deepEqual([...into], [1, 2, 3, -1, -1, -1, -1, -1, -1, -1]);
  },

  "a message longer than `into` rejects ERR_TRUNCATE and the next one arrives intact (5)": async (comm) => {
    for (const length of [11, 100_000]) {
      const sends = [comm.isend(new Float64Array(length), right(comm)), comm.isend("next", right(comm))];
      const error = await rejects(
        comm.recv({ source: left(comm), into: new Float64Array(10) }),
        "ERR_TRUNCATE",
      );
      assert.match(error.message, new RegExp(`${length * 8} bytes.*80`));
      assert.match(error.message, new RegExp(`rank ${left(comm)} with tag 0`));
      assert.deepEqual([error.rank, error.peer, error.operation], [comm.rank, left(comm), "recv"]);
      assert.equal(await comm.recv({ source: left(comm) }), "next");
      for (const send of sends) await send.wait();
    }
  },

  "messages arrive in the order of the send calls, small and large mixed, awaited or not (6)": async (
    comm,
  ) => {
    const sizes = [1, 100_000, 8, EAGER, 3_000_000, 0, EAGER + 1, 5_000_000, 16];
    const sends = sizes.map((bytes, index) =>
      comm.isend(new Uint8Array(bytes).fill(index), right(comm), { tag: 3 }),
    );
    for (const [index, bytes] of sizes.entries()) {
      const data = await comm.recv<Uint8Array>({ source: left(comm), tag: 3 });
      assert.equal(data.byteLength, bytes, `message ${index}`);
      if (bytes > 0) assert.equal(data[bytes - 1], index);
    }
    for (const send of sends) await send.wait();
  },

  "messages of different tags may be received in any order (7)": async (comm) => {
    const sends = [0, 1, 2, 3].map((tag) => comm.isend(`tag ${tag}`, right(comm), { tag }));
    for (const tag of [2, 0, 3, 1]) {
      assert.equal(await comm.recv({ source: left(comm), tag }), `tag ${tag}`);
    }
    for (const send of sends) await send.wait();
  },

  "wildcards fill in source and tag, and receives match in the order they were posted (8)": async (comm) => {
    const posted = [
      comm.irecv<string>({ source: ANY_SOURCE, tag: 9 }),
      comm.irecv<string>({ source: left(comm), tag: 9 }),
      comm.irecv<string>({ source: left(comm), tag: ANY_TAG }),
    ];
    const sends = ["first", "second", "third"].map((text) => comm.isend(text, right(comm), { tag: 9 }));
    const values = [];
    for (const request of posted) values.push(await request.wait());
    assert.deepEqual(values, ["first", "second", "third"]);
    assert.deepEqual(
      posted.map(({ status }) => [status?.source, status?.tag]),
      new Array(3).fill([left(comm), 9]),
    );
    for (const send of sends) await send.wait();
  },

  "a cancelled receive frees its slot and a matched one is not cancelled (14)": async (comm) => {
    const doomed = comm.irecv({ source: left(comm), tag: 4 });
    doomed.cancel();
    assert.equal(await doomed.wait(), undefined);
    assert.equal(doomed.status?.cancelled, true);
    await comm.barrier(); // nobody sends before everybody has cancelled
    const sent = comm.isend("kept", right(comm), { tag: 4 });
    assert.equal(await comm.recv({ source: left(comm), tag: 4 }), "kept");
    await sent.wait();
    const matched = comm.irecv({ source: comm.rank, tag: 6 });
    await comm.send("mine", comm.rank, { tag: 6 });
    matched.cancel();
    assert.equal(await matched.wait(), "mine");
  },

  "an object may be changed right after send was called (19)": async (comm) => {
    const data = { list: [1, 2, 3], text: "before" };
    const sent = comm.send(data, right(comm));
    data.list.push(4);
    data.text = "after";
    assert.deepEqual(await comm.recv({ source: left(comm) }), { list: [1, 2, 3], text: "before" });
    await sent;
  },

  "tags from 0 to TAG_UB work, others reject ERR_TAG (20)": async (comm) => {
    for (const tag of [0, 1, TAG_UB - 1, TAG_UB]) {
      const sent = comm.isend(tag, right(comm), { tag });
      assert.equal(await comm.recv({ source: left(comm), tag }), tag);
      await sent.wait();
    }
    for (const tag of [-2, 0.5, NaN, TAG_UB + 1, "1" as unknown as number]) {
      const error = await rejects(comm.send(1, comm.rank, { tag }), "ERR_TAG");
      assert.match(error.message, /TAG_UB/);
      await rejects(comm.recv({ tag }), "ERR_TAG");
      throws(() => comm.isend(1, comm.rank, { tag }), "ERR_TAG");
    }
    await rejects(comm.send(1, comm.rank, { tag: ANY_TAG }), "ERR_TAG");
  },

  "a rank outside the communicator rejects ERR_RANK and says the valid range (21)": async (comm) => {
    for (const rank of [comm.size, -5, 0.5, NaN, undefined as unknown as number]) {
      const error = await rejects(comm.send(1, rank), "ERR_RANK");
      assert.match(error.message, new RegExp(`0 to ${comm.size - 1}`));
      if (rank !== undefined) await rejects(comm.recv({ source: rank }), "ERR_RANK");
    }
    await rejects(comm.send(1, ANY_SOURCE), "ERR_RANK");
  },

  "everybody sends to everybody at once, at every size around the eager limit (26)": async (comm) => {
    const sizes = [EAGER - 1, EAGER, EAGER + 1];
    const sends = [];
    for (let dest = 0; dest < comm.size; dest++) {
      for (const bytes of sizes) sends.push(comm.isend(new Uint8Array(bytes).fill(comm.rank), dest));
    }
    for (let source = 0; source < comm.size; source++) {
      for (const bytes of sizes) {
        const data = await comm.recv<Uint8Array>({ source });
        assert.deepEqual([data.byteLength, data[0], data[bytes - 1]], [bytes, source, source]);
      }
    }
    for (const send of sends) await send.wait();
  },

  "thousands of receives may be posted before any send, and the reverse (27)": async (comm) => {
    const count = 5000;
    const early = Array.from({ length: count }, (_, tag) => comm.irecv({ source: left(comm), tag }));
    for (let tag = count - 1; tag >= 0; tag--) await comm.send(tag, right(comm), { tag });
    for (const [tag, request] of early.entries()) assert.equal(await request.wait(), tag);
    const sends = Array.from({ length: count }, (_, tag) => comm.isend(tag, right(comm), { tag }));
    for (let tag = count - 1; tag >= 0; tag--) {
      assert.equal(await comm.recv({ source: left(comm), tag }), tag);
    }
    for (const send of sends) await send.wait();
  },

  "an `into` for what is no array says what came, and what to send (28)": async (comm) => {
    for (const [value, words] of [
      [[1, 2, 3], "holds a list of numbers"],
      ["x", "holds a string"],
      [{ x: 1 }, "holds an object"],
    ] as const) {
      const sent = comm.send(value, right(comm));
      const error = await rejects(comm.recv({ source: left(comm), into: new Float64Array(3) }), "ERR_TYPE");
      const rest = ", but `into` is a Float64Array; send a Float64Array, or leave out `into` [ERR_TYPE]";
      assert.ok(error.message.endsWith(words + rest), error.message);
      await sent;
    }
  },

  "an `into` of the wrong element type rejects ERR_TYPE and names both (28)": async (comm) => {
    const sent = comm.isend(Float64Array.of(1), right(comm));
    const error = await rejects(comm.recv({ source: left(comm), into: new Int32Array(4) }), "ERR_TYPE");
    assert.match(error.message, /Float64Array.*Int32Array/);
    await sent.wait();
  },

  "a flood of sends under way stops neither a barrier nor a message that is received first": async (comm) => {
    const flood = Array.from({ length: 150 }, (_, index) =>
      comm.isend(new Uint8Array(60_000).fill(index), right(comm), { tag: 1 }),
    );
    const last = comm.isend("last", right(comm), { tag: 2 });
    await comm.barrier();
    assert.equal(await comm.recv({ source: left(comm), tag: 2 }), "last");
    for (let index = 0; index < 150; index++) {
      assert.equal((await comm.recv<Uint8Array>({ source: left(comm), tag: 1 }))[59_999], index);
    }
    for (const send of [...flood, last]) await send.wait();
  },

  "credit comes back: more than the window passes to a slow receiver, in order (22, 23)": async (comm) => {
    const count = 400; // 400 × 60 kB is six times the window of a pair
    const sends = Array.from({ length: count }, (_, index) =>
      comm.isend(new Uint32Array(15_000).fill(index), right(comm)),
    );
    for (let index = 0; index < count; index++) {
      if (index === 100) await new Promise((resolve) => setTimeout(resolve, 20));
      const data = await comm.recv<Uint32Array>({ source: left(comm) });
      assert.deepEqual([data.length, data[0], data[14_999]], [15_000, index, index]);
    }
    for (const send of sends) await send.wait();
  },
});
