/** What docs/design/wire.md says of frames, bytes and promises, counted. */
import { createHook } from "node:async_hooks";
import t from "tap";
import { ENVELOPE_BYTES, Kind } from "@tsmpi/protocol";
import {
  Communicator,
  EAGER_BYTES,
  Endpoint,
  MemoryNetwork,
  Outbox,
  Wire,
  emptyPacket,
  encode,
  everyone,
  windowBytes,
} from "@tsmpi/runtime/testing";
import type { Communicator as PublicCommunicator } from "tsmpi";

/** A frame as it left: who sent it, its kind, the bytes of its first part and of its second if there is one. */
type Frame = readonly [from: number, kind: number, head: number, payload?: number];

const { EAGER, PUSH, REQUEST, CLEAR, DATA, RETURN } = Kind;

/** Runs two ranks over memory and returns every frame between them, in the order in which they were sent. */
async function framesOf(
  first: (comm: PublicCommunicator) => Promise<unknown>,
  second: (comm: PublicCommunicator) => Promise<unknown>,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const network = new MemoryNetwork(2);
  const ends = [first, second].map((body, rank) => {
    const open = network.opener(rank);
    const endpoint = new Endpoint(rank, 2, (receiver) => {
      const transport = open(receiver);
      return {
        ...transport,
        send(dest, head, payload) {
          const frame = [rank, head[0]!, head.byteLength] as const;
          frames.push(payload === undefined ? frame : [...frame, payload.byteLength]);
          transport.send(dest, head, payload);
        },
      };
    });
    const parts = { endpoint, members: everyone(2), rank, context: 0, name: "counted" };
    return body(new Communicator(parts, () => process.exit(1)) as unknown as PublicCommunicator);
  });
  await network.run();
  await Promise.all(ends);
  return frames;
}

/** The frames of one message from rank 0 to rank 1. */
const message = (value: unknown) =>
  framesOf(
    (comm) => comm.send(value, 1),
    (comm) => comm.recv({ source: 0 }),
  );

/** Promises that are made while a function runs. */
function promisesIn(call: () => unknown): number {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") count++;
    },
  }).enable();
  call();
  hook.disable();
  return count;
}

t.test("a small message is one frame of 48 bytes and its payload, and nothing comes back", async (t) => {
  t.equal(ENVELOPE_BYTES, 48);
  t.same(await message(undefined), [[0, EAGER, 48]]);
  t.same(await message(7), [[0, EAGER, 48 + 8]]);
  t.same(await message("seven"), [[0, EAGER, 48 + 5]]);
  t.same(await message([1, 2, 3]), [[0, EAGER, 48 + 3 * 8]]);
  t.same(await message({ a: 1 }), [[0, EAGER, 48 + encode({ a: 1 }).bytes.byteLength]]);
  t.same(await message(new Float64Array(EAGER_BYTES / 8)), [[0, EAGER, 48 + EAGER_BYTES]]);
});

t.test("a larger one is a head and a payload; memory that was borrowed is acknowledged", async (t) => {
  const bytes = EAGER_BYTES + 8;
  t.same(await message(new Float64Array(bytes / 8)), [
    [0, PUSH, 48, bytes],
    [1, RETURN, 48],
  ]);
  t.same(await message("x".repeat(bytes)), [[0, PUSH, 48, bytes]]);
});

t.test("beyond the credit it is announced, asked for, sent and acknowledged", async (t) => {
  const bytes = windowBytes(2) + 8;
  t.same(await message(new Float64Array(bytes / 8)), [
    [0, REQUEST, 48],
    [1, CLEAR, 48],
    [0, DATA, 48, bytes],
    [1, RETURN, 48],
  ]);
  t.same(await message("x".repeat(bytes)), [
    [0, REQUEST, 48],
    [1, CLEAR, 48],
    [0, DATA, 48, bytes],
  ]);
});

t.test("an answer takes the acknowledgement along", async (t) => {
  const bytes = 2 * EAGER_BYTES;
  const array = new Float64Array(bytes / 8);
  const frames = await framesOf(
    (comm) => Promise.all([comm.send(array, 1), comm.recv({ source: 1 })]),
    async (comm) => {
      await comm.recv({ source: 0 });
      await comm.send(array, 0);
    },
  );
  t.same(frames, [
    [0, PUSH, 48, bytes],
    [1, PUSH, 48, bytes],
    [0, RETURN, 48],
  ]);
});

t.test("credit comes back in a frame of its own only when a quarter of the window is owed", async (t) => {
  const each = EAGER_BYTES;
  const count = Math.ceil(windowBytes(2) / 4 / each);
  const many = (sent: number) =>
    framesOf(
      async (comm) => {
        for (let i = 0; i < sent; i++) await comm.send(Buffer.alloc(each), 1);
      },
      async (comm) => {
        for (let i = 0; i < sent; i++) await comm.recv({ source: 0 });
      },
    );
  const returns = (frames: Frame[]) => frames.filter(([, kind]) => kind === RETURN).length;
  t.equal(returns(await many(count - 1)), 0);
  t.equal(returns(await many(count)), 1);
});

t.test("an eager send makes no promise, a large one and a receive make one each", async (t) => {
  const large = new Float64Array(EAGER_BYTES / 8 + 1);
  const counts: number[] = [];
  await framesOf(
    async (comm) => {
      for (const value of [7, { a: 1 }, "x".repeat(2 * EAGER_BYTES)]) {
        counts.push(promisesIn(() => void comm.send(value, 1)));
      }
      let sent: Promise<void> | undefined;
      counts.push(promisesIn(() => (sent = comm.send(large, 1))));
      await sent;
    },
    async (comm) => {
      for (let i = 0; i < 4; i++) {
        let received: Promise<unknown> | undefined;
        counts.push(promisesIn(() => (received = comm.recv({ source: 0 }))));
        await received;
      }
    },
  );
  t.same(counts, [0, 0, 0, 1, 1, 1, 1, 1]);
});

t.test("numbers of sends that wait go round after 32 bits, and none is 0", async (t) => {
  const ids: number[] = [];
  const put = (_dest: number, { id }: { readonly id: number }) => ids.push(id) > 0;
  const transport = { put, send: () => {}, listen: () => {}, idle: () => {}, close: () => {} };
  const wire = new Wire(
    0,
    2,
    () => transport,
    () => undefined as never,
  );
  const outbox = new Outbox(wire, 2 ** 32 - 1);
  const sends = [0, 1, 2].map((tag) =>
    outbox.send({
      ...{ dest: 1, context: 0, tag, operation: "ssend", synchronous: true, signature: 0, shape: 0 },
      packet: emptyPacket(0),
    }),
  );
  t.same(ids, [2 ** 32 - 1, 1, 2]);
  for (const id of ids) outbox.acknowledge(id);
  await Promise.all(sends);
});
