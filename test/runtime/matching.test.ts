import t from "tap";
import { ANY, Fifo, Matcher } from "@tsmpi/runtime/testing";

const message = (source: number, tag: number, name = "") => ({ source, tag, name });
const receive = message;

t.test("a message takes the earliest posted receive that fits, wildcard or not", async (t) => {
  const matcher = new Matcher();
  const [wild, exact, anyTag] = [receive(ANY, 5), receive(2, 5), receive(2, ANY)];
  for (const posted of [wild, exact, anyTag]) t.equal(matcher.post(posted), undefined);
  t.equal(matcher.arrive(message(2, 5)), wild);
  t.equal(matcher.arrive(message(2, 5)), exact);
  t.equal(matcher.arrive(message(2, 5)), anyTag);
  t.equal(matcher.arrive(message(2, 5)), undefined);
});

t.test("which receive a message would take can be asked without its taking it", async (t) => {
  const matcher = new Matcher();
  const [exact, wild] = [receive(2, 5), receive(ANY, 5)];
  matcher.post(exact);
  matcher.post(wild);
  t.equal(matcher.expected(message(2, 5)), exact);
  t.equal(matcher.expected(message(1, 5)), wild);
  t.equal(matcher.expected(message(1, 6)), undefined);
  t.equal(matcher.arrive(message(2, 5)), exact);
  t.equal(matcher.expected(message(2, 5)), wild);
});

t.test("a receive takes the earliest arrived message that fits", async (t) => {
  const matcher = new Matcher();
  const arrived = [message(1, 7), message(2, 5), message(1, 5), message(2, 7)];
  for (const one of arrived) t.equal(matcher.arrive(one), undefined);
  t.equal(matcher.post(receive(ANY, 5)), arrived[1]);
  t.equal(matcher.post(receive(1, ANY)), arrived[0]);
  t.equal(matcher.post(receive(ANY, ANY)), arrived[2]);
  t.equal(matcher.post(receive(2, 7)), arrived[3]);
  t.same([matcher.messages(), matcher.receives()], [[], []]);
});

t.test("messages of one source and tag keep their order", async (t) => {
  const matcher = new Matcher<ReturnType<typeof receive>, ReturnType<typeof message>>();
  for (let i = 0; i < 3000; i++) matcher.arrive(message(1, 1, String(i)));
  const numbers = Array.from({ length: 3000 }, (_, i) => String(i));
  t.same(
    numbers.map((_, i) => matcher.post(receive(1, i % 2 ? 1 : ANY))?.name),
    numbers,
  );
});

t.test("a cancelled receive takes nothing, and cannot be cancelled twice", async (t) => {
  for (const pattern of [receive(1, 1), receive(ANY, 1)]) {
    const matcher = new Matcher();
    const other = { ...pattern };
    matcher.post(pattern);
    matcher.post(other);
    t.equal(matcher.cancel(pattern), true);
    t.equal(matcher.cancel(pattern), false);
    t.equal(matcher.arrive(message(1, 1)), other);
    t.equal(matcher.cancel(other), false);
  }
});

t.test("peek leaves a message where it is, take removes it", async (t) => {
  const matcher = new Matcher();
  const one = message(3, 4);
  matcher.arrive(one);
  t.equal(matcher.peek(receive(ANY, 4)), one);
  t.equal(matcher.take(receive(3, ANY)), one);
  t.equal(matcher.peek(receive(3, 4)), undefined);
});

t.test("random scripts match as a plain search through two lists does", async (t) => {
  let seed = 12345;
  const random = (limit: number) => (seed = (seed * 48271) % 2147483647) % limit;
  const matcher = new Matcher<ReturnType<typeof receive>, ReturnType<typeof message>>();
  const posted: ReturnType<typeof receive>[] = [];
  const arrived: ReturnType<typeof message>[] = [];
  const fits = (r: { source: number; tag: number }, m: { source: number; tag: number }) =>
    (r.source === ANY || r.source === m.source) && (r.tag === ANY || r.tag === m.tag);
  const takeFirst = <T>(list: T[], predicate: (item: T) => boolean): T | undefined => {
    const index = list.findIndex(predicate);
    return index < 0 ? undefined : list.splice(index, 1)[0];
  };
  for (let step = 0; step < 20_000; step++) {
    if (random(2) === 0) {
      const one = receive(random(4) - 1, random(4) - 1);
      const expected = takeFirst(arrived, (m) => fits(one, m));
      if (expected === undefined) posted.push(one);
      if (matcher.post(one) !== expected) return t.fail(`step ${step}: post matched another message`);
    } else {
      const one = message(random(3), random(3));
      const expected = takeFirst(posted, (r) => fits(r, one));
      if (expected === undefined) arrived.push(one);
      if (matcher.arrive(one) !== expected) return t.fail(`step ${step}: arrive matched another receive`);
    }
  }
  t.same(matcher.messages(), arrived);
  t.same(matcher.receives(), posted);
});

t.test("100 000 posted receives are matched in well under quadratic time", async (t) => {
  const matcher = new Matcher();
  for (let tag = 0; tag < 100_000; tag++) matcher.post(receive(1, tag));
  for (let tag = 99_999; tag >= 0; tag--) {
    if (matcher.arrive(message(1, tag)) === undefined) return t.fail(`tag ${tag} was lost`);
  }
  t.same(matcher.receives(), []);
});

t.test("a Fifo keeps its order through pushes, shifts and removals", async (t) => {
  const fifo = new Fifo<number>();
  const model: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    fifo.push(i);
    model.push(i);
    if (i % 3 === 0 && fifo.shift() !== model.shift()) t.fail(`shift ${i}`);
    if (i % 100 === 50) fifo.remove(model.splice(5, 1)[0]!);
  }
  t.same([...fifo], model);
  t.equal(fifo.length, model.length);
});

t.test("a message that nobody has received can be removed, and only that one", async (t) => {
  const matcher = new Matcher<ReturnType<typeof receive>, ReturnType<typeof message>>();
  const [a, b, c] = [message(1, 1, "a"), message(1, 1, "b"), message(1, 2, "c")];
  for (const one of [a, b, c]) matcher.arrive(one);
  t.equal(
    matcher.remove({ source: 1, tag: 1 }, ({ name }) => name === "c"),
    undefined,
  );
  t.equal(
    matcher.remove({ source: 1, tag: 1 }, ({ name }) => name === "a"),
    a,
  );
  t.equal(
    matcher.remove({ source: 1, tag: 1 }, ({ name }) => name === "a"),
    undefined,
  );
  t.equal(
    matcher.remove({ source: 9, tag: 9 }, () => true),
    undefined,
  );
  t.same(matcher.messages(), [b, c]);
  t.equal(
    matcher.remove({ source: 1, tag: 2 }, () => true),
    c,
  );
  t.equal(matcher.peek(receive(1, 2)), undefined);
  t.equal(matcher.post(receive(1, ANY)), b);
});

t.test(
  "a probe that waits is served in the order of the calls, when its message arrives again",
  async (t) => {
    const matcher = new Matcher();
    const [first, probe, second] = [receive(1, 5), receive(1, ANY), receive(ANY, 6)];
    for (const posted of [first, probe, second]) matcher.post(posted);
    const one = message(1, 5);
    t.equal(matcher.arrive(one), first, "the receive posted before the probe takes the message");
    const two = message(1, 6);
    t.equal(matcher.arrive(two), probe, "the probe looks first,");
    t.equal(matcher.arrive(two), second, "then the receive posted after it takes the same message");
    const three = message(1, 7);
    matcher.post(probe);
    t.equal(matcher.arrive(three), probe);
    t.equal(matcher.arrive(three), undefined, "nobody else: it stays");
    t.equal(matcher.peek(receive(ANY, 7)), three);
  },
);
