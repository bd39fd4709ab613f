import assert from "node:assert/strict";
import { ANY_TAG, Message, PROC_NULL, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;

/** Below, around and above what is sent at once, and above the credit of a pair. */
const LENGTHS = [0, 8, 65_536, 65_537, 5_000_000];

await spmd(import.meta.url, EVERYWHERE, {
  "iprobe is undefined where nothing was sent (9)": async (comm) => {
    assert.equal(await comm.iprobe(), undefined);
    assert.equal(await comm.iprobe({ source: left(comm), tag: 77 }), undefined);
    await comm.barrier(); // nobody sends before everybody has looked
  },

  "probe and iprobe do not consume, and the next receive gets the probed message (9)": async (comm) => {
    for (const bytes of LENGTHS) {
      const sent = comm.isend(new Uint8Array(bytes).fill(comm.rank), right(comm), { tag: 3 });
      const status = await comm.probe({ source: left(comm) });
      assert.deepEqual(status, { source: left(comm), tag: 3, bytes, cancelled: false });
      assert.deepEqual(await comm.probe(), status);
      assert.deepEqual(await comm.iprobe({ tag: 3 }), status);
      assert.equal(await comm.iprobe({ tag: 4 }), undefined);
      const into = new Uint8Array(status.bytes);
      await comm.recv({ source: status.source, tag: status.tag, into });
      assert.ok(into.every((byte) => byte === left(comm)));
      assert.equal(await comm.iprobe({ tag: 3 }), undefined);
      await sent.wait();
      await comm.barrier(); // the neighbour's next message must not come before that look
    }
  },

  "iprobe sees after a while what was sent before, without another operation (9)": async (comm) => {
    const sent = comm.isend("here", right(comm));
    let status;
    while (status === undefined) status = await comm.iprobe({ source: left(comm) });
    assert.equal(await comm.recv({ source: status.source }), "here");
    await sent.wait();
  },

  "a probe that waits and receives that wait are served in the order of their calls (8, 9)": async (comm) => {
    const first = comm.irecv({ source: left(comm), tag: 5 });
    const probe = comm.probe({ source: left(comm) });
    const second = comm.irecv({ source: left(comm) });
    await comm.barrier(); // nobody sends before everybody waits
    await comm.send("one", right(comm), { tag: 5 });
    await comm.send("second", right(comm), { tag: 6 });
    assert.equal(await first.wait(), "one");
    assert.deepEqual([(await probe).tag, await second.wait()], [6, "second"]);
  },

  "several probes see the same message (9)": async (comm) => {
    const probes = [comm.probe(), comm.probe({ source: left(comm) }), comm.probe({ tag: 2 })];
    await comm.barrier();
    await comm.send("seen", right(comm), { tag: 2 });
    for (const probe of probes) assert.deepEqual([(await probe).source, (await probe).tag], [left(comm), 2]);
    assert.equal(await comm.recv({ tag: 2 }), "seen");
  },

  "a probed large message is received with its size known before (9, 24)": async (comm) => {
    const data = Float64Array.from({ length: 100_000 }, (_, i) => i + comm.rank);
    const sent = comm.isend(data, right(comm));
    const { bytes } = await comm.probe({ source: left(comm) });
    const into = new Float64Array(bytes / 8);
    await comm.recv({ source: left(comm), into });
    assert.equal(into[99_999], 99_999 + left(comm));
    await sent.wait();
  },

  "objects, arrays and probes on one tag interleave (28)": async (comm) => {
    const values = ["text", Float32Array.of(1, 2), { a: 1 }, new Uint8Array(70_000), undefined, [1, 2]];
    const sends = values.map((value) => comm.isend(value, right(comm), { tag: 8 }));
    for (const value of values) {
      const { tag } = await comm.probe({ source: left(comm) });
      assert.deepEqual(await comm.recv({ source: left(comm), tag }), value);
    }
    for (const send of sends) await send.wait();
  },

  "mprobe takes the message out of matching: no receive and no other probe sees it (11)": async (comm) => {
    for (const bytes of LENGTHS) {
      const sent = comm.isend(new Uint8Array(bytes).fill(comm.rank), right(comm), { tag: 1 });
      const message = await comm.mprobe({ source: left(comm), tag: 1 });
      assert.ok(message instanceof Message);
      assert.deepEqual(message.status, { source: left(comm), tag: 1, bytes, cancelled: false });
      assert.equal(await comm.iprobe({ tag: 1 }), undefined);
      assert.equal(await comm.improbe({ tag: 1 }), undefined);
      await comm.barrier(); // nobody sends the next one before everybody has looked
      const next = comm.isend("next", right(comm), { tag: 1 });
      assert.equal(await comm.recv({ source: left(comm), tag: 1 }), "next");
      const data = await message.recv<Uint8Array>();
      assert.equal(data.byteLength, bytes);
      assert.ok(data.every((byte) => byte === left(comm)));
      await sent.wait();
      await next.wait();
    }
  },

  "a message handle is received once; a second time rejects ERR_REQUEST (11)": async (comm) => {
    const sent = comm.isend("once", right(comm));
    const message = await comm.mprobe({ source: left(comm) });
    assert.equal(await message.recv(), "once");
    const error = await rejects(message.recv(), "ERR_REQUEST");
    assert.match(error.message, /received already/);
    await sent.wait();
  },

  "a message handle receives into a buffer, with the errors of recv (4, 5, 11)": async (comm) => {
    const sends = [1, 2, 3].map((n) => comm.isend(Float64Array.of(n, n), right(comm)));
    const [fits, long, wrong] = [
      await comm.mprobe({ source: left(comm) }),
      await comm.mprobe({ source: left(comm) }),
      await comm.mprobe({ source: left(comm) }),
    ];
    await rejects(wrong.recv({ into: new Int8Array(99) }), "ERR_TYPE");
    await rejects(long.recv({ into: new Float64Array(1) }), "ERR_TRUNCATE");
    const into = new Float64Array(3).fill(-1);
    assert.equal(await fits.recv({ into }), into);
    assert.deepEqual([...into], [1, 1, -1]);
    for (const send of sends) await send.wait();
  },

  "an mprobe that waits takes what arrives, before receives called later (11)": async (comm) => {
    const taken = comm.mprobe({ source: left(comm) });
    const request = comm.irecv({ source: left(comm) });
    await comm.barrier();
    await comm.send("taken", right(comm));
    await comm.send("received", right(comm));
    assert.equal(await (await taken).recv(), "taken");
    assert.equal(await request.wait(), "received");
  },

  "an object in place of a message's handle cannot be sent (18)": async (comm) => {
    const error = await rejects(comm.send([await comm.mprobe({ source: PROC_NULL })], comm.rank), "ERR_TYPE");
    assert.match(error.message, /value\[0\] is a Message/);
  },

  "improbe is undefined where there is nothing (12)": async (comm) => {
    assert.equal(await comm.improbe(), undefined);
    await comm.barrier();
    await comm.send("there", comm.rank, { tag: 9 });
    const message = await comm.improbe({ tag: 9 });
    assert.equal(await message?.recv(), "there");
    assert.equal(await comm.improbe(), undefined);
    await comm.barrier();
  },

  "probes of PROC_NULL complete at once, and the handle yields undefined (13)": async (comm) => {
    const nothing = { source: PROC_NULL, tag: ANY_TAG, bytes: 0, cancelled: false };
    assert.deepEqual(await comm.probe({ source: PROC_NULL }), nothing);
    assert.deepEqual(await comm.iprobe({ source: PROC_NULL }), nothing);
    for (const message of [
      await comm.mprobe({ source: PROC_NULL }),
      await comm.improbe({ source: PROC_NULL }),
    ]) {
      assert.deepEqual(message?.status, nothing);
      assert.equal(await message?.recv(), undefined);
      await rejects(message!.recv(), "ERR_REQUEST");
    }
  },

  "probes reject wrong sources and tags as receives do (20, 21)": async (comm) => {
    for (const probe of ["probe", "iprobe", "mprobe", "improbe"] as const) {
      await rejects(comm[probe]({ source: comm.size }), "ERR_RANK");
      await rejects(comm[probe]({ tag: -5 }), "ERR_TAG");
    }
    throws(() => comm.messages({ source: comm.size }), "ERR_RANK");
  },

  "messages are iterated in their order, and break frees the receive (6, 14)": async (comm) => {
    const sends = [0, 1, 2, 3, 4].map((n) => comm.isend({ n }, right(comm), { tag: 4 }));
    const seen: unknown[] = [];
    for await (const { data, status } of comm.messages<{ n: number }>({ source: left(comm), tag: 4 })) {
      assert.deepEqual([status.source, status.tag], [left(comm), 4]);
      seen.push(data.n);
      if (data.n === 2) break;
    }
    assert.deepEqual(seen, [0, 1, 2]);
    assert.deepEqual(await comm.recv({ source: left(comm), tag: 4 }), { n: 3 });
    assert.deepEqual(await comm.recv({ source: left(comm), tag: 4 }), { n: 4 });
    for (const send of sends) await send.wait();
  },

  "an iteration that waits ends with its return, and its message goes to the next receive (14)": async (
    comm,
  ) => {
    const iterator = comm.messages({ source: left(comm), tag: 6 })[Symbol.asyncIterator]();
    const waiting = iterator.next();
    assert.equal((await iterator.return!()).done, true);
    assert.equal((await waiting).done, true);
    assert.equal((await iterator.next()).done, true);
    await comm.barrier();
    const sent = comm.isend("kept", right(comm), { tag: 6 });
    assert.equal(await comm.recv({ source: left(comm), tag: 6 }), "kept");
    await sent.wait();
  },

  "messages of PROC_NULL are none (1)": async (comm) => {
    for await (const received of comm.messages({ source: PROC_NULL })) assert.fail(String(received));
  },
});
