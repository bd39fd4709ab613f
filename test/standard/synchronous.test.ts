import assert from "node:assert/strict";
import { PROC_NULL, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

await spmd(import.meta.url, EVERYWHERE, {
  "issend is not complete before its receive has matched, at any size (10)": async (comm) => {
    for (const data of ["small", new Uint8Array(8), new Uint8Array(200_000), "x".repeat(200_000)]) {
      const request = comm.issend(data, right(comm), { tag: 1 });
      await comm.barrier();
      await pause(5);
      assert.equal(await request.test(), false);
      await comm.barrier(); // nobody receives before everybody has looked
      assert.deepEqual(await comm.recv({ source: left(comm), tag: 1 }), data);
      assert.equal(await request.wait(), undefined);
      assert.equal(request.status, undefined);
    }
  },

  "ssend resolves after the receive has matched (10)": async (comm) => {
    let resolved = false;
    const sent = comm.ssend({ a: 1 }, right(comm)).then(() => (resolved = true));
    await comm.barrier();
    await pause(5);
    assert.equal(resolved, false);
    await comm.barrier();
    assert.deepEqual(await comm.recv({ source: left(comm) }), { a: 1 });
    await sent;
  },

  "an eager send does not wait for a receive (10)": async (comm) => {
    await comm.send("no need to hurry", right(comm));
    await comm.barrier();
    assert.equal(await comm.recv({ source: left(comm) }), "no need to hurry");
  },

  "a synchronous send to a posted receive completes, to oneself as well (2, 10)": async (comm) => {
    const requests = [comm.irecv({ source: left(comm), tag: 1 }), comm.irecv({ source: comm.rank, tag: 2 })];
    await comm.ssend("next door", right(comm), { tag: 1 });
    await comm.ssend("me", comm.rank, { tag: 2 });
    for (const [index, text] of ["next door", "me"].entries()) {
      assert.equal(await requests[index]!.wait(), text);
    }
  },

  "a probe does not complete a synchronous send, the receive does (9, 10)": async (comm) => {
    const request = comm.issend("look", right(comm));
    await comm.probe({ source: left(comm) });
    const message = await comm.mprobe({ source: left(comm) });
    await comm.barrier();
    assert.equal(await request.test(), false);
    await comm.barrier();
    assert.equal(await message.recv(), "look");
    await request.wait();
  },

  "synchronous and other sends keep the order of their calls (6)": async (comm) => {
    const count = 60;
    const sends = Array.from({ length: count }, (_, i) =>
      i % 3 === 0 ? comm.issend(i, right(comm)) : comm.isend(i % 3 === 1 ? i : [i, "x"], right(comm)),
    );
    for (let i = 0; i < count; i++) {
      assert.deepEqual(await comm.recv({ source: left(comm) }), i % 3 === 2 ? [i, "x"] : i);
    }
    for (const send of sends) await send.wait();
  },

  "synchronous sends to PROC_NULL complete at once, wrong arguments are told (1, 20, 21)": async (comm) => {
    await comm.ssend(1, PROC_NULL);
    await comm.issend(1, PROC_NULL).wait();
    await rejects(comm.ssend(1, comm.size), "ERR_RANK");
    await rejects(comm.ssend(1, 0, { tag: -1 }), "ERR_TAG");
    await rejects(
      comm.ssend(() => {}, 0),
      "ERR_TYPE",
    );
    throws(() => comm.issend(1, comm.size), "ERR_RANK");
  },
});
