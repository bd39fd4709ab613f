import t from "tap";
import { createExchange } from "@tsmpi/launcher/rendezvous/exchange";

const exchangeOf = (size: number) => createExchange(size);
const departed = (to: number, sent: Record<number, number | null>) => ({
  to,
  frame: { type: "departed", sent },
});
const released = (to: number) => ({ to, frame: { type: "released" } });

t.test("a rank that left without a word is departed, with no count", async (t) => {
  const exchange = exchangeOf(3);
  exchange.blocked(0);
  t.same(exchange.left(1), [departed(0, { 1: null })]);
  t.same(exchange.blocked(2), [departed(2, { 1: null })]);
});

t.test("a rank that finalized is departed, with the count of messages to whoever waits", async (t) => {
  const exchange = exchangeOf(3);
  exchange.hello(1);
  exchange.finalize(1, { sent: { 0: 7 } });
  t.same(exchange.blocked(0), [departed(0, { 1: 7 })]);
  t.same(exchange.blocked(2), [departed(2, { 1: 0 })]);
});

t.test("only blocked ranks hear of departures", async (t) => {
  const exchange = exchangeOf(4);
  for (const rank of [0, 1, 2]) exchange.hello(rank);
  t.same(exchange.blocked(0), []);
  t.same(exchange.finalize(1, { sent: { 0: 2 } }), [departed(0, { 1: 2 })]);
  t.same(exchange.left(2), [departed(0, { 2: null })]);
});

t.test("a rank that blocks hears of all departures so far in one frame", async (t) => {
  const exchange = exchangeOf(4);
  exchange.finalize(1, { sent: { 0: 2 } });
  exchange.left(2);
  t.same(exchange.blocked(0), [departed(0, { 1: 2, 2: null })]);
});

t.test("the exit of a rank that finalized is no second departure", async (t) => {
  const exchange = exchangeOf(3);
  exchange.blocked(0);
  exchange.finalize(1, { sent: {} });
  t.same(exchange.left(1), []);
});

t.test("all are released when the last has finalized or left", async (t) => {
  const exchange = exchangeOf(3);
  t.same(exchange.finalize(0, { sent: {} }), []);
  t.same(exchange.left(1), []);
  t.same(exchange.finalize(2, { sent: {} }), [released(0), released(2)]);
});

t.test(
  "a rank that only receives any more hears who leaves, is no longer stuck, and holds the others",
  async (t) => {
    const exchange = exchangeOf(3);
    t.same(exchange.blocked(0), []);
    t.same(exchange.audit(1, { 0: 2 }), [departed(0, { 1: 2 })]);
    exchange.blocked(2);
    t.ok(exchange.stalled);
    t.same(exchange.audit(2, { 1: 5 }), [departed(0, { 2: 0 }), departed(1, { 2: 5 })]);
    t.same(exchange.finalize(1, { sent: { 0: 3 } }), []);
    t.same(exchange.finalize(0, { sent: {} }), [departed(2, { 0: 0 })]);
    t.notOk(exchange.over);
    t.same(exchange.finalize(2, { sent: { 1: 5 } }).length, 3);
    t.ok(exchange.over);
  },
);

t.test("what nobody has read is known from the counts of both sides", async (t) => {
  const exchange = exchangeOf(5);
  for (const rank of [0, 1, 2, 3]) exchange.hello(rank);
  exchange.finalize(0, { sent: { 1: 3, 2: 3, 3: 3, 4: 1 }, received: {}, due: { 2: 1 } });
  exchange.finalize(1, { sent: { 0: 1 }, received: { 0: 2 }, due: { 0: 0 } });
  exchange.finalize(2, { sent: {}, received: { 0: 1 } });
  exchange.finalize(3, { sent: { 0: 1 } }); // does not say what it has received
  exchange.left(4);
  t.same(exchange.unread(), [
    [1, 0],
    [4, 0],
  ]);
});

t.test("a hundred thousand ranks can be kept in the books of one process", async (t) => {
  const size = 100_000;
  const exchange = exchangeOf(size);
  for (let rank = 0; rank < size; rank++) exchange.hello(rank);
  for (let rank = 1; rank < size; rank++) exchange.finalize(rank, { sent: {} });
  t.equal(exchange.finalize(0, { sent: {} }).length, size);
});
