import assert from "node:assert/strict";
import type { Communicator } from "tsmpi";
import { rejects } from "../support/reject.js";
import { EVERYWHERE, spmd } from "../support/spmd.js";

const cycle: { name: string; self?: unknown } = { name: "cycle" };
cycle.self = cycle;
const shared = { x: 1 };

/** What comes back of a value sent to oneself. */
async function returned(comm: Communicator, value: unknown): Promise<unknown> {
  const sent = comm.isend(value, comm.rank);
  const got = await comm.recv({ source: comm.rank });
  await sent.wait();
  return got;
}

/** Every kind of value that API.md lists under Data, and the corners of each. */
const VALUES: Record<string, unknown> = {
  zero: 0,
  "negative zero": -0,
  nan: NaN,
  infinity: Infinity,
  "negative infinity": -Infinity,
  fraction: 0.1,
  tiny: 5e-324,
  huge: 1.7976931348623157e308,
  "2^53": 2 ** 53,
  bigint: 5n,
  "negative bigint": -5n,
  "64-bit bigint": 2n ** 63n,
  "long bigint": -(2n ** 200n) + 7n,
  string: "héllo 😀",
  "empty string": "",
  "long string": "x".repeat(200_000),
  true: true,
  false: false,
  null: null,
  undefined: undefined,
  date: new Date(12345),
  regexp: /a+b/gi,
  map: new Map<unknown, unknown>([
    [1, { a: 2 }],
    ["k", [1]],
    [{ o: 1 }, 2],
  ]),
  "empty map": new Map(),
  set: new Set([1, "a", [2]]),
  "nested specials": { a: -0, b: NaN, c: [undefined, null, -0], d: { e: 2n ** 70n, f: 5n } },
  "empty object": {},
  "empty array": [],
  numbers: [1, 2.5, -0, NaN, 1e300],
  "mixed array": [1, "2", null, [3, [4]]],
  "array of arrays": [
    [1, 2],
    [3, 4],
  ],
  "shared reference": [shared, shared],
  cycle,
  "typed arrays inside": {
    f: Float64Array.of(1, -0, NaN),
    u: Uint8Array.of(1, 2),
    c: Uint8ClampedArray.of(3),
    b: Buffer.from("buffer"),
    i: BigInt64Array.of(-1n),
    a: new Uint8Array([9, 8]).buffer,
    v: new DataView(new Uint8Array([1, 2, 3]).buffer),
  },
  int8: Int8Array.of(-1, 2),
  uint8: Uint8Array.of(1, 255),
  clamped: Uint8ClampedArray.of(0, 255),
  int16: Int16Array.of(-300),
  uint16: Uint16Array.of(65535),
  int32: Int32Array.of(-(2 ** 31)),
  uint32: Uint32Array.of(2 ** 32 - 1),
  float32: Float32Array.of(1.5, -0),
  float64: Float64Array.of(Math.PI, -0, NaN),
  bigint64: BigInt64Array.of(-(2n ** 63n)),
  biguint64: BigUint64Array.of(2n ** 64n - 1n),
  buffer: Buffer.from("bytes"),
  "array buffer": Uint8Array.of(1, 2, 3).buffer,
  "data view": new DataView(Uint8Array.of(4, 5, 6).buffer, 1),
  "empty typed array": new Float64Array(0),
  "empty buffer": Buffer.alloc(0),
  "empty array buffer": new ArrayBuffer(0),
  "large typed array": Float64Array.from({ length: 100_000 }, (_, i) => i),
  "subarray at an odd offset": new Uint8Array(100).fill(3).subarray(7, 50),
};

const right = (comm: Communicator) => (comm.rank + 1) % comm.size;
const left = (comm: Communicator) => (comm.rank + comm.size - 1) % comm.size;

function assertSame(actual: unknown, expected: unknown, name: string): void {
  assert.deepStrictEqual(actual, expected, name);
  if (typeof expected === "object" && expected !== null) {
    assert.equal(Object.getPrototypeOf(actual), Object.getPrototypeOf(expected), `class of ${name}`);
  }
}

await spmd(
  import.meta.url,
  { ...EVERYWHERE, sizes: [1, 2, 3, 5] },
  {
    "every value listed under Data comes back equal through send and recv (17, 18)": async (comm) => {
      for (const [name, value] of Object.entries(VALUES)) {
        const sent = comm.isend(value, right(comm));
        assertSame(await comm.recv({ source: left(comm) }), value, name);
        await sent.wait();
      }
    },

    "every value comes back equal through bcast, scatter, gather and allgather (17, 18)": async (comm) => {
      for (const [name, value] of Object.entries(VALUES)) {
        const root = comm.size - 1;
        assertSame(await comm.bcast(comm.rank === root ? value : "ignored", { root }), value, name);
        const list = comm.rank === root ? new Array(comm.size).fill(value) : undefined;
        assertSame(await comm.scatter(list, { root }), value, name);
        for (const item of (await comm.gather(value, { root })) ?? []) assertSame(item, value, name);
        for (const item of await comm.allgather(value)) assertSame(item, value, name);
      }
    },

    "errors keep class, name, message and cause (18)": async (comm) => {
      const error = new RangeError("too far", { cause: new Error("deep") });
      const custom = Object.assign(new Error("mine"), { name: "CustomError" });
      const sent = comm.isend([error, { custom }], right(comm));
      const [got, { custom: other }] = await comm.recv<[Error, { custom: Error }]>({ source: left(comm) });
      await sent.wait();
      assert.ok(got instanceof RangeError);
      assert.deepEqual(
        [got.name, got.message, (got.cause as Error).message],
        ["RangeError", "too far", "deep"],
      );
      assert.deepEqual([other.name, other.message], ["CustomError", "mine"]);
    },

    "a received typed array has memory of its own, whatever its size (18)": async (comm) => {
      for (const length of [1, 100, 5000, 8192, 8193, 600_000]) {
        const mine = new Float64Array(length).fill(comm.rank);
        const [a, b] = [comm.isend(mine, right(comm)), comm.isend(mine, right(comm))];
        const first = await comm.recv<Float64Array>({ source: left(comm) });
        const second = await comm.recv<Float64Array>({ source: left(comm) });
        await a.wait();
        await b.wait();
        assert.deepEqual([first.byteOffset, first.buffer.byteLength], [0, length * 8]);
        assert.notEqual(first.buffer, second.buffer);
        first.fill(-1);
        assert.equal(second[length - 1], left(comm));
        assert.equal(mine[0], comm.rank);
      }
    },

    "a large broadcast gives every rank memory of its own (18)": async (comm) => {
      const data = new Float64Array(300_000).fill(1);
      const got = await comm.bcast(comm.rank === 0 ? data : undefined);
      if (comm.rank !== 0) got!.fill(comm.rank + 10);
      await comm.barrier();
      assert.ok(got!.every((x) => x === (comm.rank === 0 ? 1 : comm.rank + 10)));
    },

    "a promise is not sent, and what it takes is said (18)": async (comm) => {
      const error = await rejects(comm.send({ x: Promise.resolve(1) }, comm.rank), "ERR_TYPE");
      assert.match(error.message, /value\.x is a Promise, .*; did you forget await\?/);
    },

    "objects and lists may contain themselves (18)": async (comm) => {
      const list: unknown[] = [1];
      list.push({ list });
      const inside: { map?: unknown } = {};
      inside.map = new Map([["outside", inside]]);
      const shared = new Map([[1, { list: [2] }]]);
      for (const value of [list, inside, [shared, shared]])
        assert.deepEqual(await returned(comm, value), value);
    },

    "a Map, Set or Error may contain itself, at some remove, too (18)": async (comm) => {
      const map = new Map<unknown, unknown>([["when", new Date(5)]]);
      map.set("self", map).set(map, { none: null, ["__proto__x"]: [undefined, -0, 1n] });
      const gotMap = (await returned(comm, map)) as typeof map;
      assert.equal(gotMap.get("self"), gotMap);
      assert.deepEqual(gotMap.get("when"), new Date(5));
      assert.deepEqual(gotMap.get(gotMap), { none: null, ["__proto__x"]: [undefined, -0, 1n] });

      const set = new Set<unknown>();
      const floats = new Float64Array([1, 2]);
      set.add([{ set, floats }]).add(floats);
      const got = (await returned(comm, { deep: set })) as { deep: typeof set };
      const [[first], second] = [...got.deep] as [[{ set: unknown; floats: unknown }], unknown];
      assert.equal(first.set, got.deep);
      assert.deepEqual(second, floats);

      const error = new RangeError("round");
      error.cause = [error];
      const [gotError] = (await returned(comm, [error])) as [RangeError];
      assert.ok(gotError instanceof RangeError);
      assert.deepEqual([gotError.message, Object.keys(gotError)], ["round", []]);
      assert.equal((gotError.cause as unknown[])[0], gotError);

      class Tree {
        readonly children = new Map([["me", this]]);
      }
      const { children } = new Tree();
      const gotChildren = (await returned(comm, children)) as typeof children;
      assert.equal(gotChildren.get("me")!.children, gotChildren);
    },

    "a function, symbol, promise or communicator is ERR_TYPE naming its path (18)": async (comm) => {
      const cases: [unknown, RegExp][] = [
        [() => 1, /value is a function/],
        [Symbol("s"), /value is a symbol/],
        [{ a: [1, { onDone: () => 1 }] }, /value\.a\[1\]\.onDone is a function/],
        [new Map([["k", Symbol("s")]]), /value\.get\("k"\) is a symbol/],
        [{ "a b": () => 1 }, /value\["a b"\] is a function/],
        [{ comm }, /value\.comm is a Communicator/],
        [comm, /value is a Communicator/],
        [Promise.resolve(1), /value is a Promise/],
        [[comm.isend(1, comm.rank)], /value\[0\] is a Request/],
      ];
      for (const [value, message] of cases) {
        const error = await rejects(comm.send(value, comm.rank), "ERR_TYPE");
        assert.match(error.message, message);
      }
      await comm.recv({ source: comm.rank });
      await comm.send({ still: "usable" }, comm.rank);
      assert.deepEqual(await comm.recv({ source: comm.rank }), { still: "usable" });
    },
  },
);
