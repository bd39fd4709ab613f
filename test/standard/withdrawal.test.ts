import assert from "node:assert/strict";
import { ANY_TAG, type Communicator } from "tsmpi";
import { rejects } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Rejects as Node's own functions do. */
async function aborts(promise: Promise<unknown>, reason?: unknown): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: unknown }) => {
    assert.deepEqual([error.name, error.code], ["AbortError", "ABORT_ERR"]);
    if (reason !== undefined) assert.equal(error.cause, reason);
    return true;
  });
}

await spmd(import.meta.url, EVERYWHERE, {
  "an aborted receive or probe rejects and frees its slot (14, 15)": async (comm) => {
    for (const wait of ["recv", "recvWithStatus", "probe", "mprobe"] as const) {
      const controller = new AbortController();
      const doomed = comm[wait]({ source: left(comm), tag: 1, signal: controller.signal });
      const reason = new Error("changed my mind");
      controller.abort(reason);
      await aborts(doomed, reason);
    }
    await comm.barrier(); // nobody sends before everybody has withdrawn
    const sent = comm.isend("kept", right(comm), { tag: 1 });
    assert.equal(await comm.recv({ source: left(comm), tag: 1 }), "kept");
    await sent.wait();
  },

  "a receive or probe over its timeout rejects ERR_TIMEOUT and frees its slot (15)": async (comm) => {
    for (const wait of ["recv", "recvWithStatus", "probe", "mprobe"] as const) {
      const error = await rejects(comm[wait]({ source: left(comm), tag: 2, timeout: 5 }), "ERR_TIMEOUT");
      assert.match(error.message, new RegExp(`rank ${comm.rank}, ${wait}: .* 5 ms`));
      assert.match(error.stack!, /withdrawal\.test/);
    }
    await comm.barrier();
    const sent = comm.isend("kept", right(comm), { tag: 2 });
    assert.equal(await comm.recv({ source: left(comm), tag: 2, timeout: 60_000 }), "kept");
    await sent.wait();
  },

  "what comes in time is received, and a later abort changes nothing (15)": async (comm) => {
    const controller = new AbortController();
    const { signal } = controller;
    const received = comm.recv({ source: left(comm), signal, timeout: 60_000 });
    await comm.send("in time", right(comm), { signal, timeout: 60_000 });
    assert.equal(await received, "in time");
    controller.abort();
    await comm.barrier();
    await comm.send("next", right(comm));
    assert.equal(await comm.recv({ source: left(comm), timeout: Infinity }), "next");
  },

  "what has arrived is received, however long this rank was busy (15)": async (comm) => {
    const received = comm.recv({ source: left(comm), timeout: comm.rank === 0 ? 100 : 60_000 });
    await comm.barrier();
    await comm.send("early", right(comm));
    if (comm.rank === 0) for (const end = performance.now() + 200; performance.now() < end;);
    assert.equal(await received, "early");
  },

  "with a signal that is aborted already nothing happens at all (15)": async (comm) => {
    const signal = AbortSignal.abort();
    await aborts(comm.send("never", comm.rank, { signal }), signal.reason);
    await aborts(comm.ssend("never", comm.rank, { signal }));
    await aborts(comm.recv({ signal }));
    await aborts(comm.probe({ signal }));
    assert.equal(await comm.iprobe({ source: comm.rank, tag: ANY_TAG }), undefined);
  },

  "AbortSignal.timeout works as any signal (15)": async (comm) => {
    const signal = AbortSignal.timeout(10);
    await aborts(comm.recv({ source: left(comm), signal }));
    assert.equal((signal.reason as Error).name, "TimeoutError");
  },

  "an unmatched synchronous send is withdrawn and nobody receives it (10, 15)": async (comm) => {
    for (const data of ["small", new Uint8Array(100_000)]) {
      await rejects(comm.ssend(data, right(comm), { tag: 3, timeout: 10 }), "ERR_TIMEOUT");
      await rejects(comm.ssend(data, comm.rank, { tag: 3, timeout: 10 }), "ERR_TIMEOUT");
      await comm.barrier();
      assert.equal(await comm.iprobe({ tag: 3 }), undefined);
      await comm.barrier();
      const sent = comm.issend("instead", right(comm), { tag: 3 });
      assert.equal(await comm.recv({ source: left(comm), tag: 3 }), "instead");
      await sent.wait();
    }
  },

  "an unmatched large send is withdrawn, at any size (15)": async (comm) => {
    for (const bytes of [65_537, 1_000_000, 10_000_000]) {
      const controller = new AbortController();
      const doomed = comm.send(new Uint8Array(bytes), right(comm), { tag: 4, signal: controller.signal });
      const kept = comm.isend(new Uint8Array(bytes).fill(1), right(comm), { tag: 4 });
      await comm.barrier();
      controller.abort();
      await aborts(doomed);
      await comm.barrier();
      const received = await comm.recv<Uint8Array>({ source: left(comm), tag: 4 });
      assert.deepEqual([received.byteLength, received[0]], [bytes, 1]);
      await kept.wait();
      assert.equal(await comm.iprobe({ tag: 4 }), undefined);
      await comm.barrier();
    }
  },

  "a send that waits for credit is withdrawn, and what waits behind it still comes (6, 15)": async (comm) => {
    const controller = new AbortController();
    const data = () => new Uint8Array(60_000);
    const before = Array.from({ length: 100 }, () => comm.isend(data(), right(comm), { tag: 5 }));
    const doomed = comm.send(data().fill(9), right(comm), { tag: 5, signal: controller.signal });
    const after = comm.isend("after", right(comm), { tag: 5 });
    controller.abort();
    await (comm.size === 1 ? doomed : aborts(doomed)); // to oneself it has been copied: done
    for (let i = 0; i < 100; i++) {
      assert.equal((await comm.recv<Uint8Array>({ source: left(comm), tag: 5 }))[0], 0);
    }
    if (comm.size === 1) assert.equal((await comm.recv<Uint8Array>({ tag: 5 }))[0], 9);
    assert.equal(await comm.recv({ source: left(comm), tag: 5 }), "after");
    for (const send of [...before, after]) await send.wait();
  },

  "a send whose message has matched completes, whatever the signal says (15)": async (comm) => {
    const controller = new AbortController();
    const received = comm.irecv<Uint8Array>({ source: left(comm), tag: 6 });
    await comm.barrier(); // every receive is posted
    const sent = comm.send(new Uint8Array(5_000_000), right(comm), { tag: 6, signal: controller.signal });
    controller.abort();
    await (comm.size === 1 ? sent : sent.catch((error: Error) => assert.equal(error.name, "AbortError")));
    assert.equal((await received.wait()).byteLength, 5_000_000);
  },

  "a send whose message has been probed completes: the prober counts on it (9, 15)": async (comm) => {
    const controller = new AbortController();
    const sent = comm.ssend("seen", right(comm), { tag: 10, signal: controller.signal });
    const { tag } = await comm.probe({ source: left(comm), tag: 10 });
    await comm.barrier();
    controller.abort();
    await comm.barrier();
    assert.equal(await comm.recv({ source: left(comm), tag }), "seen");
    await sent;
  },

  "racing withdrawals: a message is received or its send rejects, never both, never neither (14, 15)": async (
    comm,
  ) => {
    const count = 60;
    const outcomes = Array.from({ length: count }, async (_, i) => {
      try {
        await comm.ssend(i, right(comm), { tag: 7, timeout: i % 7 });
        return true;
      } catch (error) {
        assert.equal((error as { code?: string }).code, "ERR_TIMEOUT");
        return false;
      }
    });
    const received = new Set<number>();
    for (let i = 0; i < count; i++) {
      try {
        received.add(await comm.recv<number>({ source: left(comm), tag: 7, timeout: i % 5 }));
      } catch (error) {
        assert.equal((error as { code?: string }).code, "ERR_TIMEOUT");
      }
    }
    // What is still there is received now, until the neighbour's sends have all been decided.
    const told = Promise.all(outcomes).then((sent) => comm.send(sent, right(comm), { tag: 8 }));
    let sent: boolean[] | undefined;
    while (sent === undefined) {
      const { tag } = await comm.probe({ source: left(comm) });
      if (tag === 7) received.add(await comm.recv<number>({ source: left(comm), tag }));
      else sent = await comm.recv<boolean[]>({ source: left(comm), tag });
    }
    await told;
    assert.deepEqual(
      sent.flatMap((ok, i) => (ok ? [i] : [])),
      [...received].sort((a, b) => a - b),
    );
  },

  "wrong options are ERR_ARG and say what was passed": async (comm) => {
    for (const [timeout, said] of [
      [-1, "-1"],
      [NaN, "NaN"],
      ["5" as unknown as number, '"5"'],
    ] as const) {
      const error = await rejects(comm.recv({ timeout }), "ERR_ARG");
      assert.ok(error.message.includes(`timeout ${said} is not`), error.message);
    }
    await rejects(comm.send(1, comm.rank, { signal: {} as AbortSignal }), "ERR_ARG");
    assert.equal(await comm.iprobe({ source: comm.rank }), undefined);
  },

  "a timeout of 0 still takes what is there (15)": async (comm) => {
    await comm.send("there", comm.rank);
    await pause(1);
    assert.equal(await comm.recv({ source: comm.rank, timeout: 0 }), "there");
    await rejects(comm.recv({ source: comm.rank, timeout: 0 }), "ERR_TIMEOUT");
  },
});
