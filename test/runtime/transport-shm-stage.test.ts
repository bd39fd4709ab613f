/** The memory in which ranks of a board put up what is large. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Stages } from "@tsmpi/runtime/testing";
import { tryLibc } from "../support/libc.js";
import { Random } from "../support/random.js";

const libc = tryLibc();
const directory = mkdtempSync("/dev/shm/tsmpi-test-");
t.teardown(() => rmSync(directory, { recursive: true }));

let boards = 0;
/** The stages of one board as two of its ranks see them. */
function stages(size = 96) {
  const name = `b${boards++}`;
  const path = (rank: number) => join(directory, `${name}-${rank}`);
  const seen = (rank: number) => new Stages({ libc, directory, path, size, rank });
  return { path, writer: seen(0), reader: seen(1) };
}

const never = () => false;
const KIB = 1024;

t.test("what one rank puts up others read, across the end of the memory as well", async (t) => {
  const { writer, reader } = stages();
  const random = new Random(1);
  const open: { sequence: number; place: number; bytes: number }[] = [];
  let left = -1;
  for (let sequence = 0; sequence < 2000; sequence++) {
    const bytes = random.from(1, 120 * KIB);
    const place = writer.take(sequence, bytes, (sequence) => sequence <= left);
    if (place !== undefined) {
      writer.of(0).fill(sequence, place, place + bytes);
      open.push({ sequence, place, bytes });
    } else if (open.length === 0) {
      t.fail(`there is room for ${bytes} bytes when nothing is taken`);
    }
    while (open.length > 4 || (place === undefined && open.length > 0)) {
      const { sequence, place, bytes } = open.shift()!;
      const expected = Buffer.alloc(bytes, sequence);
      if (
        !reader
          .of(0)
          .subarray(place, place + bytes)
          .equals(expected)
      )
        t.fail(`call ${sequence} is overwritten`);
      left = sequence;
      if (random.from(0, 1) === 0) break;
    }
  }
  t.equal(left > 1900, true);
  writer.close();
  reader.close();
});

t.test("nothing is given where there is no room, until all have left the first call", async (t) => {
  const { writer } = stages();
  t.equal(writer.take(0, 513 * KIB, never), undefined, "more than there is");
  t.equal(writer.take(1, 512 * KIB, never), 0);
  t.equal(writer.take(2, 1, never), undefined);
  t.equal(
    writer.take(2, 1, (sequence) => sequence === 1),
    0,
  );
  writer.close();
});

t.test("no file is made before it is needed, and none is left", async (t) => {
  const { path, writer, reader } = stages(2);
  t.throws(() => reader.of(0));
  t.notOk(existsSync(path(0)));
  t.equal(writer.take(0, 4096 * KIB, never), 0, "two ranks have 4 MiB each");
  t.ok(existsSync(path(0)));
  reader.of(0);
  reader.close();
  t.ok(existsSync(path(0)), "who has made it removes it");
  writer.close();
  t.notOk(existsSync(path(0)));
});

t.test("where no file can be made, nothing is given", async (t) => {
  const path = (rank: number) => join(directory, "no", "such", String(rank));
  const writer = new Stages({ libc, directory, path, size: 2, rank: 0 });
  t.equal(writer.take(0, 1, never), undefined);
  writer.close();
});
