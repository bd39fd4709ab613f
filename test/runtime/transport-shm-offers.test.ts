/** When it pays to give the core away, by how soon it comes back. */
import t from "tap";
import { Offers, type loadLibc } from "@tsmpi/runtime/testing";

/** A core that others keep for so many milliseconds. */
const keptFor = (milliseconds: number) => {
  const sched_yield = () => {
    for (const end = performance.now() + milliseconds; performance.now() < end;);
  };
  return new Offers({ sched_yield } as ReturnType<typeof loadLibc>, 4);
};

t.test("who gets the core back late offers it no more for a while, and each time for longer", async (t) => {
  const offers = keptFor(1);
  for (let pause = 10; pause < 4000; pause *= 2) {
    const back = offers.make(performance.now());
    const paused = Math.min(pause, 1000);
    t.equal(offers.pay(back + paused - 1), false, `after less than ${paused} ms`);
    t.equal(offers.pay(back + paused + 1), true, `after ${paused} ms`);
  }
});

t.test("it is told when it has the core back", async (t) => {
  const before = performance.now();
  const back = keptFor(2).make(before);
  t.ok(back - before >= 2);
  t.ok(back <= performance.now());
});
