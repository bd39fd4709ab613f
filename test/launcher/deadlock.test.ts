import t from "tap";
import { findDeadlock, isQuiet, standingOf, type Standing } from "@tsmpi/launcher/lifecycle/deadlock";
import { describeDeadlock } from "@tsmpi/launcher/lifecycle/stuck";

const FREE: Standing = { is: "free" };
const FINISHED: Standing = { is: "finished" };
const ANYBODY: number[] = [];
const waits = (...ranks: number[]): Standing => ({ is: "waiting", needs: { ranks, groups: [] } });
const waitsForAny = (...groups: number[][]): Standing => ({ is: "waiting", needs: { ranks: [], groups } });

t.test("a ring of ranks that wait for each other is stuck, whatever its length", async (t) => {
  for (const size of [1, 2, 3, 5, 1000]) {
    const ring = Array.from({ length: size }, (_, rank) => waits((rank + 1) % size));
    const all = Array.from({ length: size }, (_, rank) => rank);
    t.same(findDeadlock(ring), { ranks: all, cycle: all });
  }
});

t.test("nobody is stuck who waits, by whatever way, for a rank that may go on", async (t) => {
  t.equal(findDeadlock([waits(1), waits(2), waits(3), FREE]), undefined);
  t.equal(findDeadlock([waitsForAny(ANYBODY), waits(0), waits(1), FREE]), undefined);
  t.equal(findDeadlock([waitsForAny([0, 2]), waits(0), waits(3), FREE]), undefined);
});

t.test("of several operations one that may complete is enough", async (t) => {
  t.equal(findDeadlock([waits(1, 2), waits(0), FREE]), undefined);
  t.same(findDeadlock([waits(1, 2), waits(0), waits(0), FREE])?.ranks, [0, 1, 2]);
});

t.test("who waits for a ring is stuck as well, and the ring alone is named", async (t) => {
  t.same(findDeadlock([waits(1), waits(2), waits(1), FREE]), { ranks: [0, 1, 2], cycle: [1, 2] });
});

t.test("a wildcard is stuck when everybody is who could send", async (t) => {
  t.same(findDeadlock([waitsForAny(ANYBODY), waits(0), waitsForAny(ANYBODY)]), {
    ranks: [0, 1, 2],
    cycle: undefined,
  });
  t.same(findDeadlock([waitsForAny([0, 1]), waits(0), FREE])?.ranks, [0, 1]);
  t.equal(findDeadlock([waitsForAny([0, 2]), waits(0), FREE]), undefined);
});

t.test("a wildcard among oneself alone can never be served", async (t) => {
  t.same(findDeadlock([waitsForAny([0]), FREE])?.ranks, [0]);
});

t.test("a rank that can be told that its partner has finished is not stuck", async (t) => {
  t.equal(findDeadlock([waits(1), FINISHED]), undefined);
  t.equal(findDeadlock([waits(2), waits(0), FINISHED]), undefined);
  t.equal(findDeadlock([waitsForAny(ANYBODY), FINISHED]), undefined);
  t.equal(findDeadlock([waitsForAny([0, 1]), FINISHED, waits(0)]), undefined);
});

t.test("a rank that has finished helps nobody else", async (t) => {
  t.same(findDeadlock([waitsForAny(ANYBODY), FINISHED, waits(0)])?.ranks, [0, 2]);
});

t.test("who has other work, did not answer or waits for nothing may go on", async (t) => {
  const pending = [{ operation: "recv", seconds: 3 }];
  const needs = { ranks: [1], groups: [] };
  t.same(standingOf({ pending, finalizing: false, needs, work: [] }), { is: "waiting", needs });
  t.same(standingOf({ pending, finalizing: false, needs, work: ["Timeout"] }), FREE);
  t.same(standingOf({ pending: [], finalizing: false, needs: { ranks: [], groups: [] }, work: [] }), FREE);
  t.same(standingOf({ pending, finalizing: false }), FREE, "a word of long ago");
  t.same(standingOf({ pending: [], finalizing: true }), FINISHED);
  t.same(standingOf(undefined), FREE);
});

t.test("a message on its way to somebody rules a deadlock out", async (t) => {
  const silent = { sent: {}, received: {} };
  const exchanged = [
    { sent: { 1: 3 }, received: { 1: 2 } },
    { sent: { 0: 2 }, received: { 0: 3 } },
  ];
  t.ok(isQuiet([0, 1], exchanged, exchanged));
  t.ok(isQuiet([0, 1], [silent, silent], [silent, silent]));
  t.notOk(isQuiet([0, 1], [silent, silent], [{ sent: { 1: 1 }, received: {} }, silent]));
  t.notOk(isQuiet([0], [{ sent: {}, received: {} }, silent], [silent, { sent: { 0: 1 }, received: {} }]));
  t.ok(isQuiet([0], [silent, undefined], [silent, undefined]), "nothing comes from who has left");
  t.notOk(isQuiet([0], [undefined, silent], [silent, silent]), "no count, no verdict");
});

t.test("a hundred thousand ranks are no trouble", async (t) => {
  const size = 100_000;
  const chain = Array.from({ length: size }, (_, rank) => (rank === 0 ? FREE : waits(rank - 1)));
  t.equal(findDeadlock(chain), undefined);
  const everybody = Array.from({ length: size }, () => waitsForAny(ANYBODY));
  t.equal(findDeadlock(everybody)?.ranks.length, size);
});

t.test("the ring is told in a sentence, the operations in a table", async (t) => {
  const state = (peer: number) => ({
    pending: [{ operation: "recv", peer, tag: 5, seconds: 3.21, place: "ring.js:4:7" }],
    finalizing: false,
  });
  const states = new Map([0, 1, 2].map((rank) => [rank, state((rank + 1) % 3)]));
  t.same(describeDeadlock({ ranks: [0, 1, 2], cycle: [0, 1, 2] }, states), {
    sentence: "deadlock: rank 0 waits for rank 1, which waits for rank 2, which waits for rank 0",
    table: [
      "  rank  operation  peer  tag  communicator  for    at",
      "  0     recv       1     5    world         3.2 s  ring.js:4:7",
      "  1     recv       2     5    world         3.2 s  ring.js:4:7",
      "  2     recv       0     5    world         3.2 s  ring.js:4:7",
    ],
  });
  t.match(describeDeadlock({ ranks: [4], cycle: [4] }, states).sentence, "rank 4 waits for itself");
  t.match(
    describeDeadlock({ ranks: [0, 1, 2, 4], cycle: undefined }, states).sentence,
    "ranks 0-2, 4 wait for each other, and nobody else can send what they wait for",
  );
});

t.test("messages that are there and do not fit are told behind the table", async (t) => {
  const state = (count: number) => ({
    pending: [],
    finalizing: false,
    unreceived: [{ source: 1, tag: 7, count, communicator: "copy" }],
  });
  const { table } = describeDeadlock({ ranks: [0], cycle: [0] }, new Map([[0, state(2)]]));
  const line = '  rank 0 has 2 messages of rank 1 with tag 7 on "copy" that it does not receive';
  t.same(table.slice(1), [line]);
  const many = new Map(Array.from({ length: 20 }, (_, rank) => [rank, state(1)]));
  const told = describeDeadlock({ ranks: [...many.keys()], cycle: undefined }, many).table;
  t.match(told.at(-1), /^ {2}… and 12 more such messages$/);
});
