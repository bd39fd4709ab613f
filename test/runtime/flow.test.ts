import t from "tap";
import {
  Credit,
  EAGER_BYTES,
  MESSAGE_OVERHEAD_BYTES,
  chooseRoute,
  windowBytes,
} from "@tsmpi/runtime/testing";

t.test("the window of a pair holds a few eager messages, and all pairs of a rank stay bounded", async (t) => {
  for (const size of [1, 2, 3, 8, 17, 96, 1000]) {
    const window = windowBytes(size);
    t.ok(window * 0.75 >= EAGER_BYTES + MESSAGE_OVERHEAD_BYTES, `${size}: a quarter may be owed`);
    t.ok(window * (size - 1) <= Math.max(64 * 2 ** 20, (size - 1) * 256 * 1024), `${size}: bounded`);
  }
});

t.test("credit is spent, never overdrawn, and comes back", async (t) => {
  const credit = new Credit(1000);
  t.equal(credit.spend(700), true);
  t.equal(credit.spend(301), false);
  t.equal(credit.spend(300), true);
  t.equal(credit.available, 0);
  credit.refill(1000);
  t.equal(credit.available, 1000);
});

t.test("what is owed is due at a quarter of the window and told once", async (t) => {
  const credit = new Credit(1000);
  credit.consume(249);
  t.equal(credit.due, false);
  credit.consume(1);
  t.equal(credit.due, true);
  t.same([credit.takeOwed(), credit.takeOwed(), credit.due], [250, 0, false]);
});

t.test("a message's route follows from its size and the credit", async (t) => {
  const plenty = () => new Credit(windowBytes(2));
  t.equal(chooseRoute(0, plenty()), "eager");
  t.equal(chooseRoute(EAGER_BYTES, plenty()), "eager");
  t.equal(chooseRoute(EAGER_BYTES + 1, plenty()), "push");
  t.equal(chooseRoute(windowBytes(2), plenty()), "request");
  t.equal(chooseRoute(1000, new Credit(1000)), "request", "no credit left: nothing is paid");
  t.equal(chooseRoute(2 ** 33, new Credit(0)), "request");
});
