/** Messages that race for a receive from any source. */
import t from "tap";
import { ANY, RacingMatcher, type Pattern } from "@tsmpi/runtime/testing";
import { Random } from "../support/random.js";

interface Letter extends Pattern {
  readonly name: string;
}

const message = (source: number, tag = 0): Letter => ({ source, tag, name: `${source}.${tag}` });
const receive = (source = ANY, tag = ANY) => ({ source, tag });

/** A matcher of rank 0, and what it has found: the receive, what it took, and what it could have. */
function racing() {
  const found: [Pattern, string, string][] = [];
  let sent = 0;
  const matcher = new RacingMatcher<Pattern, Letter>(
    0,
    () => sent,
    (posted, taken, other) => found.push([posted, taken.name, other.name]),
  );
  return { matcher, found, send: () => sent++ };
}

t.test("messages of two ranks that are here together race for a receive from any source", async (t) => {
  const { matcher, found } = racing();
  matcher.arrive(message(1));
  matcher.arrive(message(2));
  const first = receive();
  t.equal(matcher.post(first)?.name, "1.0");
  t.equal(matcher.post(receive())?.name, "2.0");
  t.same(found, [[first, "1.0", "2.0"]]);
});

t.test("one that comes later races as well, unless this rank has sent something meanwhile", async (t) => {
  for (const sends of [false, true]) {
    const { matcher, found, send } = racing();
    const first = receive();
    matcher.post(first);
    t.equal(matcher.arrive(message(1)), first);
    if (sends) send();
    matcher.arrive(message(2));
    t.same(found, sends ? [] : [[first, "1.0", "2.0"]]);
  }
});

t.test("nothing races that could not have been taken", async (t) => {
  const { matcher, found } = racing();
  const named = receive(2);
  matcher.post(named);
  matcher.post(receive(ANY, 5));
  matcher.arrive(message(1, 5));
  t.equal(matcher.arrive(message(2, 5)), named, "it goes to a receive that was called before");
  matcher.arrive(message(1, 5)); // of the same rank
  matcher.arrive(message(3, 6)); // with another tag
  matcher.arrive(message(0, 5)); // of this rank itself
  t.same(found, []);
  matcher.arrive(message(2, 5));
  t.equal(found.length, 1, "a second one of that rank goes nowhere else");
});

t.test("a receive from one rank has no race, nor have messages of one rank", async (t) => {
  const { matcher, found } = racing();
  for (const source of [1, 1, 2]) matcher.arrive(message(source));
  matcher.post(receive(2));
  for (let i = 0; i < 2; i++) matcher.post(receive(1));
  matcher.arrive(message(1, 1));
  matcher.arrive(message(1, 2));
  matcher.post(receive());
  matcher.post(receive());
  t.same(found, []);
});

t.test("probes race as receives do", async (t) => {
  for (const probe of ["peek", "take"] as const) {
    const { matcher, found } = racing();
    matcher.arrive(message(1));
    const pattern = receive();
    t.equal(matcher[probe](pattern)?.name, "1.0");
    if (probe === "peek") matcher.post(receive(1));
    matcher.arrive(message(2));
    t.same(found, [[pattern, "1.0", "2.0"]]);
  }
});

t.test("no message is called racing that was sent because another had been taken", async (t) => {
  const RANKS = 4;
  let races = 0;
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    /** How many of rank 0's receives had matched when what each rank knows of was done. */
    const known = new Array<number>(RANKS).fill(0);
    const matchedAs = new Map<Pattern, number>();
    const knownTo = new Map<Letter, number>();
    let matched = 0;
    let sent = 0;
    const matcher = new RacingMatcher<Pattern, Letter>(
      0,
      () => sent,
      (posted, _, other) => {
        races++;
        // A message that waits when a receive is called was sent before it could match.
        const order = matchedAs.get(posted) ?? Infinity;
        if (knownTo.get(other)! >= order) t.fail(`seed ${seed}: ${other.name} was sent after the match`);
      },
    );
    const match = (posted: Pattern) => void matchedAs.set(posted, ++matched);
    const onTheWay: Letter[] = [];
    for (let step = 0; step < 60; step++) {
      const rank = random.from(1, RANKS - 1);
      const act = random.from(0, 4);
      if (act === 0) {
        const letter = { source: rank, tag: random.from(0, 1), name: `${rank} at ${step}` };
        knownTo.set(letter, known[rank]!);
        onTheWay.push(letter);
      } else if (act === 1) {
        const letter = onTheWay.splice(random.from(0, onTheWay.length - 1), 1)[0];
        const taker = letter && matcher.arrive(letter);
        if (taker !== undefined) match(taker);
      } else if (act === 2) {
        const posted = receive(random.pick([ANY, rank]), random.pick([ANY, 0]));
        if (matcher.post(posted) !== undefined) match(posted);
      } else if (act === 3) {
        sent++;
        known[rank] = matched;
      } else {
        const other = random.from(1, RANKS - 1);
        known[other] = Math.max(known[other]!, known[rank]!);
      }
    }
  }
  t.ok(races > 300, `${races} races were found`);
});
