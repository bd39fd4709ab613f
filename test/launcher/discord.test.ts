/** Ranks that have called different collectives last, where nobody waits any more (SEMANTICS 44). */
import { join } from "node:path";
import t from "tap";
import { describeDiscord } from "@tsmpi/launcher/lifecycle/discord";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const tally = (calls: number, digest: number | undefined, frame?: string, context = 0) => ({
  context,
  name: context === 0 ? "world" : "grid",
  calls,
  ...(digest === undefined ? {} : { digest }),
  ...(frame === undefined ? {} : { last: { what: "bcast", frame } }),
});
const job = (size: number, mode: string) =>
  tsmpirun(["-n", String(size), "--timeout", "60", NODE, join(FIXTURES, "bugs/last-call.js"), mode]);

t.test(
  "ranks that have called the same are in accord, and so are those that have called nothing",
  async (t) => {
    t.equal(describeDiscord(new Map()), undefined);
    t.equal(describeDiscord(new Map([[0, []]])), undefined);
    const same = [tally(3, 17), tally(1, 5, undefined, 8)];
    t.equal(describeDiscord(new Map([0, 1, 2].map((rank) => [rank, same]))), undefined);
    const nothing = new Map([
      [0, [tally(0, 0)]],
      [1, []],
    ]);
    t.equal(describeDiscord(nothing), undefined, "one of them has never communicated");
  },
);

t.test("more calls, or other calls, are told by sides", async (t) => {
  const more = new Map(
    [0, 1, 2, 3].map((rank) => [rank, [rank === 1 ? tally(2, 9, "    at file:///a.js:1:2") : tally(1, 7)]]),
  );
  t.equal(
    describeDiscord(more),
    'the ranks of "world" have ended after different collectives: ranks 0, 2-3 made 1 call; ' +
      "rank 1 made 2 calls, the last bcast at /a.js:1:2. Every rank must make the same calls in the same order, with the same root and operation",
  );
  const other = new Map([0, 1].map((rank) => [rank, [tally(2, 0), tally(2, rank, undefined, 8)]]));
  t.match(
    describeDiscord(other),
    '"grid" have ended after different collectives: world rank 0 made 2 calls; world rank 1',
  );
});

t.test("where a call has failed somebody knows, and nothing is said", async (t) => {
  t.equal(
    describeDiscord(
      new Map([
        [0, [tally(2, undefined)]],
        [1, [tally(1, 3)]],
        [2, [tally(2, 3)]],
      ]),
    ),
    undefined,
  );
});

t.test(
  "a job whose ranks differ in their last calls fails and says who called what, where (44)",
  async (t) => {
    const many = (size: number) => (size === 2 ? "rank 1" : `ranks 1-${size - 1}`);
    const expected: Record<string, (size: number) => string> = {
      alone: (size) => `rank 0 made 1 call, the last bcast with root 0 at PLACE; ${many(size)} made no call.`,
      "one more": (size) =>
        `rank 0 made 2 calls, the last bcast with root 0 at PLACE; ${many(size)} made 1 call, the last barrier at PLACE.`,
      "all but the root": (size) =>
        `rank 0 made 1 call, the last barrier at PLACE; ${many(size)} made 2 calls, the last reduce of a number by SUM with root 0 at PLACE.`,
      "on a copy": (size) =>
        `world rank 0 made 2 calls, the last bcast with root 0 at PLACE; world ${many(size)} made 1 call, the last barrier at PLACE.`,
      exit: (size) =>
        `rank 0 made 2 calls, the last bcast with root 0 at PLACE; ${many(size)} made 1 call, the last barrier at PLACE.`,
    };
    for (const [mode, sentence] of Object.entries(expected)) {
      const sizes = [2, 5];
      const outcomes = await Promise.all(sizes.map((size) => job(size, mode)));
      for (const [index, { code, stderr }] of outcomes.entries()) {
        t.equal(code, 1, `${mode}: ${stderr}`);
        t.equal(stderr.split("have ended after different collectives").length, 2, stderr);
        t.match(stderr.replace(/\S*last-call\.js:\d+:\d+/g, "PLACE"), sentence(sizes[index]!), mode);
      }
    }
  },
);

t.test("a job whose ranks have been told, or differ by right, ends well", async (t) => {
  const [told, apart] = await Promise.all([job(3, "told"), job(5, "apart")]);
  t.same(told, { ...told, code: 0, stderr: "", stdout: "ERR_PROC_FAILED\n".repeat(2) });
  t.same(apart, { ...apart, code: 0, stderr: "", stdout: "ERR_ROOT\n".repeat(5) });
});
