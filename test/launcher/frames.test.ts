import t from "tap";
import { FrameReader, encodeHead } from "@tsmpi/launcher/link/frames";

function read(chunks: readonly Buffer[]): unknown[] {
  const seen: unknown[] = [];
  const reader = new FrameReader({
    messages: (messages) => seen.push(...messages),
    bytes: (stream, rank, bytes) => seen.push([stream, rank, Buffer.from(bytes).toString()]),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

const text = Buffer.from(JSON.stringify([{ type: "halt" }, { type: "run" }]));
const frames = Buffer.concat([
  encodeHead("messages", 0, text.byteLength),
  text,
  encodeHead("messages", 0, 0),
  encodeHead("stdout", 7, 5),
  Buffer.from("hello"),
  encodeHead("stdin", 1, 0),
  encodeHead("stderr", 2, 1),
  Buffer.from("!"),
]);

t.test("frames in one chunk come out in order, and signs of life do not", async (t) => {
  t.same(read([frames]), [{ type: "halt" }, { type: "run" }, ["stdout", 7, "hello"], ["stderr", 2, "!"]]);
});

t.test("frames cut anywhere come out the same, streams in pieces", async (t) => {
  for (let size = 1; size < 30; size++) {
    const chunks = [];
    for (let at = 0; at < frames.length; at += size) chunks.push(frames.subarray(at, at + size));
    const seen = read(chunks);
    const said = seen.slice(2) as [string, number, string][];
    t.same(seen.slice(0, 2), [{ type: "halt" }, { type: "run" }]);
    const stdout = said.filter(([stream]) => stream === "stdout");
    t.equal(stdout.map(([, , bytes]) => bytes).join(""), "hello");
    t.same(said.at(-1), ["stderr", 2, "!"]);
  }
});

t.test("what is no frame is refused", async (t) => {
  t.throws(() => read([Buffer.from("GET / HTTP/1.0\r\n\r\n")]));
  t.throws(() => read([encodeHead("messages", 0, 2 ** 31)]));
  t.throws(() => read([encodeHead("messages", 0, 3), Buffer.from("{]}")]));
});
