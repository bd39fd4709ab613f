import assert from "node:assert/strict";
import { Request, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;

await spmd(import.meta.url, EVERYWHERE, {
  "waitall gives all values in the order of the list (16)": async (comm) => {
    const receives = [0, 1, 2].map((tag) => comm.irecv<string>({ source: left(comm), tag }));
    const sends = [2, 0, 1].map((tag) => comm.isend(`tag ${tag}`, right(comm), { tag }));
    assert.deepEqual(await Request.waitall(receives), ["tag 0", "tag 1", "tag 2"]);
    assert.deepEqual(await Request.waitall(sends), [undefined, undefined, undefined]);
    assert.deepEqual(await Request.waitall(receives), ["tag 0", "tag 1", "tag 2"], "and again");
    assert.deepEqual(await Request.waitall([]), []);
  },

  "waitall knows the type of each value": async (comm) => {
    const [text, , list] = await Request.waitall([
      comm.irecv<string>({ source: left(comm), tag: 1 }),
      comm.isend("text", right(comm), { tag: 1 }),
      comm.irecv<number[]>({ source: comm.rank, tag: 2 }),
      comm.isend([1, 2], comm.rank, { tag: 2 }),
    ]);
    assert.equal(text.length + list.length, 6);
  },

  "waitany gives each request once, then undefined (16)": async (comm) => {
    const receives = [0, 1, 2, 3].map((tag) => comm.irecv<number>({ source: left(comm), tag }));
    const sends = [3, 1, 0, 2].map((tag) => comm.isend(tag * 10, right(comm), { tag }));
    const seen = new Map<number, number>();
    for (let next; (next = await Request.waitany(receives)) !== undefined;) {
      const { index, value, status } = next;
      assert.deepEqual(status, { source: left(comm), tag: index, bytes: 8, cancelled: false });
      assert.ok(!seen.has(index));
      seen.set(index, value);
    }
    assert.deepEqual(
      [...seen].sort(([a], [b]) => a - b),
      [0, 1, 2, 3].map((tag) => [tag, tag * 10]),
    );
    await Request.waitall(sends);
  },

  "waitany over no active request is undefined, waitsome an empty list (16)": async (comm) => {
    const request = comm.isend(1, comm.rank);
    await comm.recv({ source: comm.rank });
    await request.wait();
    for (const none of [[], [request]]) {
      assert.equal(await Request.waitany(none), undefined);
      assert.equal(await Request.testany(none), undefined);
      assert.deepEqual(await Request.waitsome(none), []);
      assert.equal(await Request.testall(none), true);
    }
  },

  "waitany takes what completes, not what was called first (16)": async (comm) => {
    const receives = [comm.irecv({ source: comm.rank, tag: 1 }), comm.irecv({ source: comm.rank, tag: 2 })];
    const waiting = Request.waitany(receives);
    await comm.send("two", comm.rank, { tag: 2 });
    assert.deepEqual(
      [(await waiting)?.index, (await Request.testany(receives)) ?? "none"],
      [1, "none"],
      "and only that",
    );
    await comm.send("one", comm.rank, { tag: 1 });
    assert.equal((await Request.waitany(receives))?.value, "one");
  },

  "waitsome returns only completed indices with their statuses (16)": async (comm) => {
    const receives = [5, 6, 7].map((tag) => comm.irecv({ source: comm.rank, tag }));
    await comm.send("c", comm.rank, { tag: 7 });
    await comm.send("a", comm.rank, { tag: 5 });
    await receives[0]!.test();
    const some = await Request.waitsome(receives.slice(1));
    assert.deepEqual(
      some.map(({ index, value, status }) => [index, value, status?.tag]),
      [[1, "c", 7]],
    );
    await comm.send("b", comm.rank, { tag: 6 });
    const rest = await Request.waitsome(receives);
    assert.deepEqual(
      rest.map(({ index, value }) => [index, value]),
      [[1, "b"]],
    );
    assert.deepEqual(await Request.waitsome(receives), []);
  },

  "a testall that is false consumes nothing (16)": async (comm) => {
    const receives = [1, 2].map((tag) => comm.irecv({ source: comm.rank, tag }));
    await comm.send("first", comm.rank, { tag: 1 });
    assert.equal(await Request.testall(receives), false);
    assert.equal((await Request.testany(receives))?.value, "first");
    await comm.send("second", comm.rank, { tag: 2 });
    assert.equal(await Request.testall(receives), true);
    assert.deepEqual(await Request.waitall(receives), ["first", "second"]);
    assert.equal(await Request.waitany(receives), undefined);
  },

  "test lets what has arrived be handled (16)": async (comm) => {
    const request = comm.irecv({ source: left(comm) });
    const sent = comm.isend("soon", right(comm));
    while (!(await request.test()));
    assert.equal(request.done, true);
    assert.equal(await request.wait(), "soon");
    await sent.wait();
  },

  "a request that fails is told once, and the others stay active (5, 16)": async (comm) => {
    const short = () => comm.irecv({ source: comm.rank, tag: 1, into: new Float64Array(1) });
    const fails = async (call: (requests: Request[]) => Promise<unknown>) => {
      const requests: Request[] = [comm.irecv({ source: comm.rank, tag: 2 }), short()];
      await comm.send(new Float64Array(2), comm.rank, { tag: 1 });
      await comm.send("fine", comm.rank, { tag: 2 });
      await new Promise((resolve) => setImmediate(resolve));
      return { requests, result: call(requests) };
    };
    const some = await fails((requests) => Request.waitsome(requests));
    await rejects(some.result, "ERR_TRUNCATE");
    assert.deepEqual(
      (await Request.waitsome(some.requests)).map(({ value }) => value),
      ["fine"],
    );
    const any = await fails((requests) => Request.waitany(requests));
    assert.deepEqual((await any.result) as unknown, {
      index: 0,
      value: "fine",
      status: any.requests[0]!.status,
    });
    await rejects(Request.waitany(any.requests), "ERR_TRUNCATE");
    assert.equal(await Request.waitany(any.requests), undefined);
    const all = await fails((requests) => Request.waitall(requests));
    await rejects(all.result, "ERR_TRUNCATE");
  },

  "what is no request is ERR_REQUEST (16)": async () => {
    for (const list of [[1], [Promise.resolve()], undefined] as unknown as Request[][]) {
      await rejects(Request.waitall(list), "ERR_REQUEST");
      await rejects(Request.waitany(list), "ERR_REQUEST");
      await rejects(Request.waitsome(list), "ERR_REQUEST");
      await rejects(Request.testall(list), "ERR_REQUEST");
      await rejects(Request.testany(list), "ERR_REQUEST");
    }
  },

  "waiting for one of many again and again leaves nothing behind (16, 27)": async (comm) => {
    const count = 300;
    const receives = Array.from({ length: count }, (_, tag) => comm.irecv({ source: left(comm), tag }));
    const sends = Array.from({ length: count }, (_, tag) => comm.isend(tag, right(comm), { tag }));
    let told = 0;
    while ((await Request.waitany(receives)) !== undefined) told++;
    assert.equal(told, count);
    await Request.waitall(sends);
  },

  "status is known when the receive is complete, and never for sends (8)": async (comm) => {
    const request = comm.irecv({ source: left(comm) });
    assert.equal(request.status, undefined);
    await comm.barrier(); // nobody sends before everybody has looked
    const sent = comm.isend(Float64Array.of(1, 2), right(comm), { tag: 12 });
    await request.wait();
    assert.deepEqual(request.status, { source: left(comm), tag: 12, bytes: 16, cancelled: false });
    await sent.wait();
    assert.equal(sent.status, undefined);
  },

  "a cancelled receive is complete, in lists as well (14, 16)": async (comm) => {
    const requests = [comm.irecv({ source: left(comm), tag: 1 }), comm.irecv({ tag: 2 })];
    for (const request of requests) request.cancel();
    requests[0]!.cancel(); // again: nothing happens
    const some = await Request.waitsome(requests);
    assert.deepEqual(
      some.map(({ index, value, status }) => [index, value, status?.cancelled]),
      [
        [0, undefined, true],
        [1, undefined, true],
      ],
    );
  },

  "only receives can be cancelled (14)": async (comm) => {
    const request = comm.issend("on its way", comm.rank);
    throws(() => request.cancel(), "ERR_REQUEST");
    assert.equal(await comm.recv({ source: comm.rank }), "on its way");
    await request.wait();
    request.cancel(); // complete: nothing happens
  },
});
