import { randomBytes } from "node:crypto";
import t from "tap";
import { decodeZ85, encodeZ85 } from "@tsmpi/protocol";

t.test("the example of the specification", async (t) => {
  const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b);
  t.equal(encodeZ85(bytes), "HelloWorld");
  t.same(decodeZ85("HelloWorld"), bytes);
});

t.test("any key comes back as it was", async (t) => {
  for (const bytes of [new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(randomBytes(32))]) {
    const text = encodeZ85(bytes);
    t.equal(text.length, 40);
    t.same(decodeZ85(text), bytes);
  }
});
