/** Plain objects whose values are scalars are CBOR, whoever writes and reads it. */
import { Decoder, Encoder } from "cbor-x";
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { decode, encode, type Packet } from "@tsmpi/runtime/testing";
import { Random } from "../support/random.js";

const random = new Random(5);
const below = (limit: number) => random.from(0, limit - 1);
const letters = ["a", "Z", "_", "0", "é", "漢", "😀", "\0", "\u00ff"];
const text = (most: number, kinds: number) =>
  Array.from({ length: below(most) }, () => letters[below(kinds)]!).join("");
const scalars: (() => unknown)[] = [
  () => random.fraction(),
  () => below(1000) - 500,
  () => [-0, NaN, Infinity, 2 ** 53][below(4)],
  () => text(10, 8),
  () => text(300, 8),
  () => text(below(2) === 0 ? 3000 : 70_000, below(2) === 0 ? 4 : 8),
  () => [true, false, null, undefined][below(4)],
];
const others: (() => unknown)[] = [...scalars, () => [1, "a"], () => ({ a: 1 }), () => 5n, () => new Date(7)];

function made(kinds: (() => unknown)[], keys: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let count = below(30); count > 0; count--)
    object[text(below(4) === 0 ? 40 : 6, keys)] = kinds[below(kinds.length)]!();
  return object;
}
const copy = ({ format, bytes }: Packet): Packet => ({ format, bytes: Buffer.from(bytes), owned: true });

t.test("objects come back as they were, simple and not", async (t) => {
  let wrong = 0;
  for (let i = 0; i < 300; i++) {
    const object = below(2) === 0 ? made(scalars, 4) : made(others, 8);
    const back = decode(copy(encode(object)));
    if (!isDeepStrictEqual(back, object)) wrong++;
  }
  t.equal(wrong, 0);
});

t.test("cbor-x reads what is written here, and the reverse", async (t) => {
  const options = { useRecords: false, mapsAsObjects: true, alwaysUseFloat: true, useFloat32: 0 } as never;
  const [encoder, decoder] = [new Encoder(options), new Decoder(options)];
  let wrong = 0;
  for (let i = 0; i < 200; i++) {
    const object = made(scalars, 4);
    const packet = encode(object);
    if (!isDeepStrictEqual(decoder.decode(Buffer.from(packet.bytes)), object)) wrong++;
    if (!isDeepStrictEqual(decode({ ...packet, bytes: Buffer.from(encoder.encode(object)) }), object))
      wrong++;
  }
  t.equal(wrong, 0);
});

t.test(
  "what has a way of its own to become data is asked for it, and a class stays what it was",
  async (t) => {
    class Own {
      readonly a = 1;
      toJSON() {
        return { b: 2 };
      }
    }
    t.same(decode(copy(encode(new Own()))), { b: 2 });
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    t.same({ ...(decode(copy(encode(bare))) as object) }, { a: 1 });
    const back = decode(copy(encode(JSON.parse('{"__proto__": 1, "b": 2}')))) as object;
    t.equal(Object.getPrototypeOf(back), Object.prototype, "no key becomes a prototype");
  },
);

t.test("bytes need not be a Buffer", async (t) => {
  for (const object of [{ a: 1, b: "x", é: "é".repeat(40) }, { a: [{ b: "x" }] }]) {
    const { format, bytes } = encode(object);
    for (const owned of [true, false]) {
      t.strictSame(decode({ format, bytes: Uint8Array.from(bytes), owned }), object);
    }
  }
});

t.test("a getter may send something itself", async (t) => {
  for (const [other, more] of [
    [{ other: "other", n: 1 }, ""],
    [5, ""],
    [{ other: "other" }, "x".repeat(300_000)],
    [{ other: "x".repeat(300_000) }, ""],
  ] as const) {
    let inner: Packet | undefined;
    const object = {
      first: "first",
      get second() {
        inner = encode(other);
        return 5;
      },
      last: `last${more}`,
    };
    t.strictSame(decode(copy(encode(object))), { first: "first", second: 5, last: `last${more}` });
    t.strictSame(decode(copy(inner!)), other);
  }
});

t.test("what is nested too deeply is refused, and what comes next is not", async (t) => {
  for (const depth of [20_000, 200_000]) {
    let deep: unknown = 1;
    for (let i = 0; i < depth; i++) deep = [deep, "a"];
    t.throws(() => encode(deep), { code: "ERR_TYPE", message: /call stack/ });
    t.throws(() => encode({ list: [{ a: 1 }, () => 1] }), { code: "ERR_TYPE" });
    const object = { list: [{ a: 1 }] };
    t.strictSame(decode(copy(encode(object))), object);
  }
});

t.test("objects may have more properties than 16 bits can count", async (t) => {
  for (const count of [23, 24, 255, 256, 65_535, 65_536, 70_000]) {
    const object = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    const back = decode(copy(encode([object, "behind"])));
    t.ok(isDeepStrictEqual(back, [object, "behind"]), `${count} properties`);
  }
});
