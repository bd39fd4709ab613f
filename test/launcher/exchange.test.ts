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
  exchange.finalize(1, { 0: 7 });
  t.same(exchange.blocked(0), [departed(0, { 1: 7 })]);
  t.same(exchange.blocked(2), [departed(2, { 1: 0 })]);
});

t.test("only blocked ranks hear of departures", async (t) => {
  const exchange = exchangeOf(4);
  for (const rank of [0, 1, 2]) exchange.hello(rank);
  t.same(exchange.blocked(0), []);
  t.same(exchange.finalize(1, { 0: 2 }), [departed(0, { 1: 2 })]);
  t.same(exchange.left(2), [departed(0, { 2: null })]);
});

t.test("a rank that blocks hears of all departures so far in one frame", async (t) => {
  const exchange = exchangeOf(4);
  exchange.finalize(1, { 0: 2 });
  exchange.left(2);
  t.same(exchange.blocked(0), [departed(0, { 1: 2, 2: null })]);
});

t.test("the exit of a rank that finalized is no second departure", async (t) => {
  const exchange = exchangeOf(3);
  exchange.blocked(0);
  exchange.finalize(1, {});
  t.same(exchange.left(1), []);
});

t.test("all are released when the last has finalized or left", async (t) => {
  const exchange = exchangeOf(3);
  t.same(exchange.finalize(0, {}), []);
  t.same(exchange.left(1), []);
  t.same(exchange.finalize(2, {}), [released(0), released(2)]);
});

t.test("a hundred thousand ranks can be kept in the books of one process", async (t) => {
  const size = 100_000;
  const exchange = exchangeOf(size);
  for (let rank = 0; rank < size; rank++) exchange.hello(rank);
  for (let rank = 1; rank < size; rank++) exchange.finalize(rank, {});
  t.equal(exchange.finalize(0, {}).length, size);
});
