/** The ring between two ranks, and the order of messages that come beside it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { isDeepStrictEqual } from "node:util";
import { Kind, type Envelope } from "@tsmpi/protocol";
import {
  CHUTE_BYTES,
  ChuteReader,
  ChuteWriter,
  Fetcher,
  Inbound,
  makeFile,
  mapFile,
  RingReader,
  RingWriter,
  type Taker,
} from "@tsmpi/runtime/testing";
import { tryLibc } from "../support/libc.js";
import { Random } from "../support/random.js";

const libc = tryLibc();
const PAGE = libc.pageBytes;
const CAPACITY = 65_536;
const directory = mkdtempSync("/dev/shm/tsmpi-test-");
t.teardown(() => rmSync(directory, { recursive: true }));

let count = 0;
/** Both ends of a new ring, each with a mapping of its own. */
function ring(chuted = false) {
  const path = join(directory, String(count++));
  const chuteAt = chuted ? PAGE : undefined;
  const start = PAGE + (chuted ? CHUTE_BYTES : 0);
  makeFile(libc, path, directory, start + CAPACITY);
  const [near, far] = [mapFile(libc, path, start), mapFile(libc, path, start)];
  const writer = new RingWriter(near, start);
  const reader = new RingReader(far, start);
  const chuteWriter = new ChuteWriter(near, chuteAt, false);
  const chuteReader = new ChuteReader(far, chuteAt, new Fetcher(libc), process.pid);
  return { writer, reader, chuteWriter, chuteReader };
}
const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 255);
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const envelope = (sequence: number, length = 0): Envelope => ({
  kind: Kind.PUSH,
  format: 200,
  flags: 5,
  source: 1,
  context: 2 ** 31 + 3,
  tag: -7,
  sequence,
  id: 4,
  bytes: length,
  credit: 2 ** 32 - 1,
  acknowledged: 6,
  signature: 2 ** 31,
  shape: 8,
});
/** What takes messages: none in frames. */
const taker = (accept: Taker["accept"], place: Taker["place"] = () => undefined): Taker => ({
  accept,
  place,
  hear: () => {},
  message: () => t.fail("came in frames"),
});

const wanted = () => true;

t.test("what is written is read in order, whatever the sizes and however full the ring", async (t) => {
  const random = new Random(1);
  const next = () => random.fraction();
  const below = (limit: number) => random.from(0, limit - 1);
  const { writer, reader } = ring();
  const under: { head: Envelope; payload: Uint8Array | undefined }[] = [];
  let refused = 0;
  let wrong = 0;
  for (let step = 0; step < 60_000; step++) {
    if (below(100) < 55) {
      const payload = below(3) > 0 ? bytes(below(next() < 0.2 ? 30_000 : 100), step + 1) : undefined;
      const head = envelope(step, payload?.byteLength);
      if (writer.write(head, payload)) under.push({ head, payload });
      else refused++;
    } else if (under.length > 0) {
      const { head, payload } = under.shift()!;
      const got = reader.payload();
      const right =
        !reader.empty && reader.sequence === head.sequence && isDeepStrictEqual(reader.envelope(), head);
      if (!right || (payload === undefined) !== (got === undefined)) wrong++;
      else if (payload !== undefined && !same(got!, payload)) wrong++;
      reader.shift();
    } else if (!reader.empty) wrong++;
  }
  t.equal(wrong, 0, "all as sent");
  t.ok(refused > 100, `the ring was full ${refused} times`);
});

t.test("a ring takes records up to its size and none beyond, and goes on after that", async (t) => {
  const { writer, reader } = ring();
  const most = CAPACITY - 56;
  t.notOk(writer.write(envelope(0), new Uint8Array(most + 1)), "no room for its own length");
  t.ok(writer.canHold(most) && !writer.canHold(most + 1));
  for (const much of [2 ** 31 - 8, 2 ** 31, 2 ** 32, 2 ** 32 + 8]) {
    t.notOk(writer.canHold(much), `${much} bytes`);
    const payload = { byteLength: much } as Uint8Array; // its bytes are not asked for
    t.notOk(writer.write(envelope(0), payload));
  }
  for (let round = 0; round < 5; round++) {
    t.ok(writer.hasRoomFor(most));
    t.ok(writer.write(envelope(0), bytes(most, round)), "exactly full");
    t.notOk(writer.hasRoomFor(0));
    t.notOk(writer.write(envelope(0), undefined), "nothing more");
    t.ok(same(reader.payload()!, bytes(most, round)));
    reader.shift();
    t.ok(reader.empty);
    t.ok(writer.write(envelope(0), bytes(100, 0))); // so that the next round runs over the end
    reader.shift();
  }
});

t.test("positions go round after 4 GiB", async (t) => {
  const { writer, reader } = ring();
  const message = bytes(60_000, 3);
  let lost = 0;
  for (let i = 0; i < 75_000; i++) {
    if (!writer.write(envelope(i), message) || reader.empty) lost++;
    reader.shift();
  }
  t.equal(lost, 0);
  t.ok(writer.write(envelope(9), bytes(500, 8)));
  t.ok(reader.sequence === 9 && same(reader.payload()!, bytes(500, 8)));
});

t.test("messages that come on two lanes are delivered in the order of their sequence", async (t) => {
  const random = new Random(2);
  const next = () => random.fraction();
  const { writer, reader, chuteReader } = ring();
  const got: number[] = [];
  const begin = 2 ** 32 - 500; // sequences go round, too
  const both: Taker = {
    ...taker(({ sequence }) => void got.push(sequence)),
    message: (head) => void got.push(Buffer.from(head).readUInt32LE(0)),
  };
  const inbound = new Inbound(reader, chuteReader, begin, both, wanted);
  const beside: Buffer[] = [];
  const sent: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const sequence = (begin + i) >>> 0;
    const payload = new Uint8Array(Math.floor(next() * 3000));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(sequence, 0);
    sent.push(sequence);
    if (next() < 0.3 || !writer.write(envelope(sequence), payload)) beside.push(head);
    while (next() < 0.4 && beside.length > 0) {
      const arrived = beside.shift()!;
      inbound.arrive(arrived.readUInt32LE(0), arrived, undefined);
    }
    while (next() < 0.7 && inbound.take());
  }
  for (const head of beside) inbound.arrive(head.readUInt32LE(0), head, undefined);
  while (inbound.take());
  t.same(got, sent);
});

for (const chuted of [false, true]) {
  const where = chuted ? "a ring with a chute" : "a ring without a chute";
  t.test(`what a writer lends is fetched from its memory, and counted: ${where}`, async (t) => {
    const { writer, reader, chuteReader } = ring(chuted);
    const payload = bytes(100_000, 5);
    const got: (Uint8Array | undefined)[] = [];
    const inbound = new Inbound(
      reader,
      chuteReader,
      0,
      taker((_, bytes) => void got.push(bytes)),
      wanted,
    );
    t.type(writer.lend(envelope(0, payload.byteLength), libc.addressOf(payload)), "number");
    t.equal(writer.fetched, 0);
    t.ok(inbound.take());
    t.equal(writer.fetched, 1);
    t.ok(got[0] !== payload && same(got[0]!, payload));
  });

  t.test(`what is lent is fetched into the place where it belongs: ${where}`, async (t) => {
    const { writer, reader, chuteReader } = ring(chuted);
    const payload = bytes(100_000, 6);
    const place = new Uint8Array(100_000);
    let got: Uint8Array | undefined;
    const accept = (_: Envelope, bytes: Uint8Array | undefined) => void (got = bytes);
    const inbound = new Inbound(
      reader,
      chuteReader,
      0,
      taker(accept, (head) => (head.bytes === 100_000 ? place : undefined)),
      wanted,
    );
    writer.lend(envelope(0, payload.byteLength), libc.addressOf(payload));
    t.ok(inbound.take());
    t.equal(got, place);
    t.ok(same(place, payload));
  });

  t.test(`what cannot be fetched is not delivered, nor what follows: ${where}`, async (t) => {
    const { writer, reader, chuteReader } = ring(chuted);
    const inbound = new Inbound(
      reader,
      chuteReader,
      0,
      taker(() => t.fail("delivered")),
      wanted,
    );
    writer.lend(envelope(0, 4096), 16n); // no memory of ours is there
    t.notOk(inbound.take());
    t.notOk(inbound.take());
  });
}

t.test("payloads come whole, however much of them their writer passes on, and in which pieces", async (t) => {
  const random = new Random(3);
  const { writer, reader, chuteWriter, chuteReader } = ring(true);
  const much = bytes(301_000, 0);
  let [wrong, whole, none] = [0, 0, 0];
  for (let round = 0; round < 300; round++) {
    const lent = Array.from({ length: random.from(1, 3) }, (_, i) => {
      const payload = much.slice(round + i, round + i + random.from(5000, 300_000));
      return {
        bytes: payload,
        claims: writer.lend(envelope(i, payload.byteLength), libc.addressOf(payload))!,
      };
    });
    for (const loan of lent) {
      for (let tries = random.from(0, 2); tries > 0; tries--) {
        const isAll = chuteWriter.pass(loan); // as much as there are slots, nobody takes it
        if (isAll) whole++;
        else none++;
      }
      const got = new Uint8Array(loan.bytes.byteLength);
      if (chuteReader.get(reader.address, reader.claims, got) !== true || !same(got, loan.bytes)) wrong++;
      reader.shift();
    }
  }
  t.equal(wrong, 0);
  t.ok(whole > 20 && none > 20, `${whole} were passed on whole, ${none} not`);
});

t.test("a reader waits for a chunk that its writer has claimed and not passed on", async (t) => {
  const { writer, reader, chuteReader } = ring(true);
  const payload = bytes(100_000, 1);
  const claims = writer.lend(envelope(0, payload.byteLength), libc.addressOf(payload))!;
  const words = new Int32Array(reader.memory);
  Atomics.add(words, claims, 1);
  const got = new Uint8Array(payload.byteLength);
  t.equal(chuteReader.get(reader.address, reader.claims, got), undefined, "it takes longer");
  t.ok(same(got.subarray(32_768), payload.subarray(32_768)), "the rest is there");
  Atomics.sub(words, claims, 1); // the writer has thought better of it
  t.equal(chuteReader.get(reader.address, reader.claims, got), true);
  t.ok(same(got, payload));
});

t.test("a payload goes elsewhere if the receive whose place it had is no longer the one", async (t) => {
  for (const place of [undefined, new Uint8Array(100_000)]) {
    const { writer, reader, chuteReader } = ring(true);
    const payload = bytes(100_000, 1);
    const first = new Uint8Array(100_000);
    let now: Uint8Array | undefined = first;
    let got: Uint8Array | undefined;
    const accept = (_: Envelope, bytes: Uint8Array | undefined) => void (got = bytes);
    const inbound = new Inbound(
      reader,
      chuteReader,
      0,
      taker(accept, () => now),
      wanted,
    );
    const claims = writer.lend(envelope(0, payload.byteLength), libc.addressOf(payload))!;
    const words = new Int32Array(reader.memory);
    Atomics.add(words, claims, 1); // the writer is about to pass a chunk on
    t.notOk(inbound.take(), "it takes longer");
    now = place;
    first.fill(255); // its user uses it again
    t.notOk(inbound.take(), "it still does");
    Atomics.sub(words, claims, 1);
    t.ok(inbound.take());
    t.ok(same(got!, payload), "all of it came");
    if (place !== undefined) t.equal(got, place);
    t.ok(
      first.every((byte) => byte === 255),
      "nothing was written where it no longer belongs",
    );
    t.equal(writer.fetched, 1);
  }
});

t.test("a writer that has died with a chunk that it had claimed is not waited for", async (t) => {
  const { pid } = spawnSync("true");
  const { writer, reader } = ring(true);
  const mapping = { memory: reader.memory, address: 0n };
  const chuteReader = new ChuteReader(mapping, PAGE, new Fetcher(libc), pid);
  const payload = bytes(32_768, 1);
  const claims = writer.lend(envelope(0, payload.byteLength), libc.addressOf(payload))!;
  Atomics.add(new Int32Array(reader.memory), claims, 1);
  t.equal(chuteReader.get(reader.address, reader.claims, new Uint8Array(32_768)), false);
});

t.test("no ring is made on a disk, nor where there is no room", async (t) => {
  t.throws(() => makeFile(libc, "/var/tmp/tsmpi-test-ring", "/var/tmp", 4096), /not in memory/);
  t.throws(() => makeFile(libc, join(directory, "large"), directory, 2 ** 46), /no room/);
});
