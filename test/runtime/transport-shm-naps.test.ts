/** How ranks that share cores nap on a board and are woken. */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import t from "tap";
import { Naps, Offers } from "@tsmpi/runtime/testing";
import { tryLibc } from "../support/libc.js";
import { FIXTURES } from "../support/paths.js";
import { SLOW } from "../support/slow.js";

const libc = tryLibc();
const AT = 0;
const OVER = 1;

/** Words that threads share, and where they are. */
function place() {
  const memory = new SharedArrayBuffer(4096);
  const words = new Int32Array(memory);
  const address = libc.addressOf(new Uint8Array(memory));
  return {
    memory,
    words,
    address,
    naps: new Naps({ libc, offers: new Offers(libc, 4), words, at: AT, address }),
  };
}

const COUNT = 0xfff;

t.test("who waits for nothing comes back by itself, and is counted no more", async (t) => {
  const { words, naps } = place();
  for (let i = 0; i < 3; i++) {
    t.equal(
      naps.await(() => false),
      false,
    );
  }
  t.equal(words[AT]! & COUNT, 0);
});

t.test("the more ranks share a core the longer one naps before the event loop has its turn", async (t) => {
  const { words, address } = place();
  const many = new Naps({ libc, offers: new Offers(libc, 40), words, at: AT, address });
  const began = performance.now();
  many.await(() => false);
  const took = performance.now() - began;
  t.ok(took >= 42, `${took.toFixed(1)} ms`);
});

t.test("who finds that it has happened does not nap", async (t) => {
  const { words, naps } = place();
  let looks = 0;
  t.equal(
    naps.await(() => ++looks === 1),
    true,
  );
  t.equal(looks, 1);
  t.equal(words[AT]! & COUNT, 0);
});

t.test("to wake where nobody naps changes nothing", async (t) => {
  const { words, naps } = place();
  words[AT] = 5 << 12;
  naps.wake();
  t.equal(words[AT], 5 << 12);
});

t.test("all that nap are woken at once, and who was killed napping is counted no more", async (t) => {
  const { words, naps } = place();
  for (const before of [3, (5 << 12) + 1, (-1 << 12) | 2]) {
    words[AT] = before;
    naps.wake();
    t.equal(words[AT]! & COUNT, 0);
    t.equal(words[AT]! >> 12, (((before >> 12) + 1) << 12) >> 12, "it shows that all have been woken");
  }
});

t.test("no wake-up is lost", async (t) => {
  const { memory, words, address, naps } = place();
  const rounds = SLOW ? 500 : 150;
  const workers = Array.from({ length: 5 }, () => {
    const workerData = { memory, at: AT, over: OVER, address, rounds };
    return new Worker(join(FIXTURES, "lanes", "napper.js"), { workerData });
  });
  for (let round = 1; round <= rounds; round++) {
    const done = workers.map((worker) => once(worker, "message"));
    Atomics.store(words, OVER, round);
    naps.wake();
    for (const [told] of await Promise.all(done)) if (told !== round) t.equal(told, round);
  }
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  t.equal(words[AT]! & COUNT, 0);
});
