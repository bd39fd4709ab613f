import t, { type Test } from "tap";
import type { Ballot } from "@tsmpi/protocol";
import { createExchange, type Exchange } from "@tsmpi/launcher/rendezvous/exchange";

const failed = (to: number, ranks: Record<number, string>) => ({ to, frame: { type: "failed", ranks } });
const KILLED = "was killed by SIGKILL on a";

/** Rank votes in the first agreement of the world, offering a context that tells who offers it. */
function vote(exchange: Exchange, rank: number, changes: Partial<Ballot> = {}) {
  const ballot = { context: 0, number: 0, operation: "shrink", members: [], flags: -1, offer: 100 + rank };
  return exchange.vote(rank, { ...ballot, ...changes });
}

/** Who is told, and what they are told, which has to be the same. */
function outcomeOf(t: Test, outgoing: ReturnType<Exchange["vote"]>) {
  const agreed = outgoing.flatMap(({ to, frame }) =>
    frame.type === "agreed" ? [{ to, outcome: frame.outcome }] : [],
  );
  for (const { outcome } of agreed) t.same(outcome, agreed[0]!.outcome);
  return { told: agreed.map(({ to }) => to).sort(), ...agreed[0]?.outcome };
}

t.test("who watches hears of a failure, before it and after it", async (t) => {
  const exchange = createExchange(4);
  t.same(exchange.watch(0), []);
  t.same(exchange.failed(1, KILLED), [failed(0, { 1: KILLED })]);
  t.same(exchange.watch(2), [failed(2, { 1: KILLED })]);
  t.same(exchange.failed(1, KILLED), [], "once");
});

t.test("who waits for long hears of failures, too, and not of a departure besides", async (t) => {
  const exchange = createExchange(3);
  exchange.failed(1, KILLED);
  t.same(exchange.blocked(0), [failed(0, { 1: KILLED })]);
});

t.test("the job is over when the last rank that has not failed has left", async (t) => {
  const exchange = createExchange(3);
  exchange.hello(0);
  exchange.finalize(0, { sent: {} });
  exchange.failed(1, KILLED);
  t.notOk(exchange.over);
  t.same(exchange.failed(2, KILLED), [{ to: 0, frame: { type: "released" } }]);
  t.ok(exchange.over);
});

t.test("a rank that fails after it had finalized has failed, and is counted once", async (t) => {
  const exchange = createExchange(3);
  exchange.watch(0);
  exchange.finalize(1, { sent: { 0: 7 } });
  t.same(exchange.failed(1, KILLED), [failed(0, { 1: KILLED })]);
  t.notOk(exchange.over);
});

t.test("a failed rank is waited for no more when all others are blocked", async (t) => {
  const exchange = createExchange(3);
  exchange.blocked(0);
  exchange.blocked(1);
  t.notOk(exchange.stalled);
  exchange.failed(2, KILLED);
  t.ok(exchange.stalled);
});

t.test("an agreement is decided when all have voted: the AND of all, told to all", async (t) => {
  const exchange = createExchange(3);
  t.same(vote(exchange, 2, { operation: "agree", flags: 6 }), []);
  t.same(vote(exchange, 0, { operation: "agree", flags: 7 }), []);
  const outcome = outcomeOf(t, vote(exchange, 1, { operation: "agree", flags: 12 }));
  t.match(outcome, { told: [0, 1, 2], flags: 4, offer: 100, failed: {}, missing: [] });
});

t.test("a rank that fails before, in the middle or after it has voted is not waited for", async (t) => {
  const exchange = createExchange(5);
  exchange.failed(0, KILLED);
  vote(exchange, 1);
  vote(exchange, 2);
  exchange.failed(1, KILLED);
  t.same(vote(exchange, 3), []);
  const outcome = outcomeOf(t, exchange.failed(4, KILLED));
  t.match(outcome, { told: [2, 3], offer: 102, missing: [] });
  t.same(outcome.failed, { 0: KILLED, 1: KILLED, 4: KILLED });
  t.same([...exchange.noticed].sort(), [0, 1, 4], "who is left out has been noticed");
});

t.test("what is decided stays: who fails afterwards is in it", async (t) => {
  const exchange = createExchange(2);
  vote(exchange, 0);
  t.same(outcomeOf(t, vote(exchange, 1)).failed, {});
  t.same(exchange.failed(1, KILLED), []);
  t.same([...exchange.noticed], []);
  t.same(outcomeOf(t, vote(exchange, 0, { context: 100 })).failed, { 1: KILLED });
});

t.test("members that have left without voting are named to the others", async (t) => {
  const exchange = createExchange(3);
  vote(exchange, 0);
  vote(exchange, 2);
  t.match(outcomeOf(t, exchange.left(1)), { told: [0, 2], missing: [1] });
});

t.test("agreements of several communicators, and several of one, are kept apart", async (t) => {
  const exchange = createExchange(4);
  vote(exchange, 0, { context: 8, members: [2, 0] });
  vote(exchange, 1, { context: 16, members: [1, 3] });
  vote(exchange, 0, { context: 8, number: 1, members: [2, 0] });
  t.match(outcomeOf(t, vote(exchange, 2, { context: 8, members: [2, 0] })), { number: 0, offer: 102 });
  t.match(outcomeOf(t, vote(exchange, 3, { context: 16, members: [1, 3] })), { told: [1, 3], offer: 101 });
  t.match(outcomeOf(t, vote(exchange, 2, { context: 8, number: 1, members: [2, 0] })), { number: 1 });
});

t.test("ranks that call different operations are told who called what", async (t) => {
  const exchange = createExchange(3);
  vote(exchange, 0);
  vote(exchange, 1, { operation: "agree" });
  t.same(outcomeOf(t, vote(exchange, 2)).operations, { shrink: [0, 2], agree: [1] });
});

t.test("a revocation is told to all who watch, and to those who do so later", async (t) => {
  const exchange = createExchange(4);
  for (const rank of [0, 1]) exchange.watch(rank);
  t.same(exchange.revoke(0, 8), [{ to: 1, frame: { type: "revoked", by: { 8: 0 } } }]);
  t.same(exchange.revoke(1, 8), [], "once");
  t.same(exchange.watch(2), [{ to: 2, frame: { type: "revoked", by: { 8: 0 } } }]);
});

t.test("what a program has been told of a failure is noticed", async (t) => {
  const exchange = createExchange(3);
  exchange.failed(2, KILLED);
  t.same([...exchange.noticed], []);
  exchange.hear(0, { type: "noticed", ranks: [2] });
  t.same([...exchange.noticed], [2]);
});
