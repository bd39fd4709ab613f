/** The ring between two ranks, and the order of messages that come beside it. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  Fetcher,
  Inbound,
  loadLibc,
  makeFile,
  mapFile,
  RingReader,
  RingWriter,
} from "@tsmpi/runtime/testing";
import { Random } from "../support/random.js";

const libc = tryLibc();
const PAGE = libc.pageBytes;
const CAPACITY = 65_536;
const directory = mkdtempSync("/dev/shm/tsmpi-test-");
t.teardown(() => rmSync(directory, { recursive: true }));

/** Ends the file where koffi, which is optional, is not installed. */
function tryLibc(): ReturnType<typeof loadLibc> {
  try {
    return loadLibc();
  } catch (error) {
    t.plan(0, `no memory can be shared here: ${String(error)}`);
    process.exit(0);
  }
}

let count = 0;
/** Both ends of a new ring, each with a mapping of its own. */
function ring(capacity = CAPACITY): { writer: RingWriter; reader: RingReader } {
  const path = join(directory, String(count++));
  makeFile(libc, path, directory, PAGE + capacity);
  const writer = new RingWriter(mapFile(libc, path, PAGE), PAGE);
  const reader = new RingReader(mapFile(libc, path, PAGE), PAGE);
  return { writer, reader };
}
const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 255);
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

t.test("what is written is read in order, whatever the sizes and however full the ring", async (t) => {
  const random = new Random(1);
  const next = () => random.fraction();
  const below = (limit: number) => random.from(0, limit - 1);
  const { writer, reader } = ring();
  const under: { head: Uint8Array; payload: Uint8Array | undefined }[] = [];
  let refused = 0;
  let wrong = 0;
  for (let step = 0; step < 60_000; step++) {
    if (below(100) < 55) {
      const head = bytes(4 + below(next() < 0.1 ? 20_000 : 200), step);
      const payload = below(3) === 0 ? bytes(below(next() < 0.2 ? 30_000 : 100), step + 1) : undefined;
      if (writer.write(head, payload)) under.push({ head, payload });
      else refused++;
    } else if (under.length > 0) {
      const { head, payload } = under.shift()!;
      const got = reader.payload() as Uint8Array | undefined;
      const right = !reader.empty && same(reader.head(), head);
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
  t.notOk(writer.write(new Uint8Array(CAPACITY), undefined), "no room for its own length");
  for (let round = 0; round < 5; round++) {
    t.ok(writer.write(bytes(CAPACITY - 8, round), undefined), "exactly full");
    t.notOk(writer.write(new Uint8Array(0), undefined), "not another byte");
    t.ok(same(reader.head(), bytes(CAPACITY - 8, round)));
    reader.shift();
    t.ok(reader.empty);
    t.ok(writer.write(bytes(100, 0), undefined)); // so that the next round runs over the end
    reader.shift();
  }
});

t.test("positions go round after 4 GiB", async (t) => {
  const { writer, reader } = ring();
  const message = bytes(60_000, 3);
  let lost = 0;
  for (let i = 0; i < 75_000; i++) {
    if (!writer.write(message, undefined) || reader.empty) lost++;
    reader.shift();
  }
  t.equal(lost, 0);
  t.ok(writer.write(bytes(1000, 9), bytes(500, 8)));
  t.ok(same(reader.head(), bytes(1000, 9)) && same(reader.payload() as Uint8Array, bytes(500, 8)));
});

t.test("messages that come on two lanes are delivered in the order of their sequence", async (t) => {
  const random = new Random(2);
  const next = () => random.fraction();
  const { writer, reader } = ring();
  const got: number[] = [];
  const begin = 2 ** 32 - 500; // sequences go round, too
  const inbound = new Inbound(reader, new Fetcher(libc), process.pid, begin, 0, {
    message: (head) => void got.push(Buffer.from(head).readUInt32LE(0)),
  });
  const beside: Buffer[] = [];
  const sent: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const sequence = (begin + i) >>> 0;
    const head = Buffer.alloc(8 + Math.floor(next() * 3000));
    head.writeUInt32LE(sequence, 0);
    sent.push(sequence);
    if (next() < 0.3 || !writer.write(head, undefined)) beside.push(head);
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

t.test("what a writer lends is fetched from its memory, and counted", async (t) => {
  const { writer, reader } = ring();
  const payload = bytes(100_000, 5);
  const got: (Uint8Array | undefined)[] = [];
  const inbound = new Inbound(reader, new Fetcher(libc), process.pid, 0, 0, {
    message: (_head, bytes) => void got.push(bytes),
  });
  t.ok(writer.lend(new Uint8Array(8), libc.addressOf(payload), payload.byteLength));
  t.equal(writer.fetched, 0);
  t.ok(inbound.take());
  t.equal(writer.fetched, 1);
  t.ok(got[0] !== payload && same(got[0]!, payload));
});

t.test("what is lent is fetched into the place where it belongs", async (t) => {
  const { writer, reader } = ring();
  const payload = bytes(100_000, 6);
  const place = new Uint8Array(100_000);
  let got: Uint8Array | undefined;
  const inbound = new Inbound(reader, new Fetcher(libc), process.pid, 0, 0, {
    place: (head, size) => (head.byteLength === 8 && size === 100_000 ? place : undefined),
    message: (_head, bytes) => void (got = bytes),
  });
  t.ok(writer.lend(new Uint8Array(8), libc.addressOf(payload), payload.byteLength));
  t.ok(inbound.take());
  t.equal(got, place);
  t.ok(same(place, payload));
});

t.test("what cannot be fetched is not delivered, nor what follows", async (t) => {
  const { writer, reader } = ring();
  const inbound = new Inbound(reader, new Fetcher(libc), process.pid, 0, 0, {
    message: () => t.fail("delivered"),
  });
  t.ok(writer.lend(new Uint8Array(8), 16n, 4096), "no memory of ours is there");
  t.notOk(inbound.take());
  t.notOk(inbound.take());
});

t.test("no ring is made on a disk, nor where there is no room", async (t) => {
  t.throws(() => makeFile(libc, "/var/tmp/tsmpi-test-ring", "/var/tmp", 4096), /not in memory/);
  t.throws(() => makeFile(libc, join(directory, "large"), directory, 2 ** 46), /no room/);
});
