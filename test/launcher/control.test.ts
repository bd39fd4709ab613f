import t from "tap";
import { join } from "node:path";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun, type Outcome } from "../support/run.js";

/** Runs ranks that speak control frames themselves: see test/fixtures/control.js. */
function conversation(size: number, steps: Record<number, unknown[]>, timeout = 20): Promise<Outcome> {
  const program = [NODE, join(FIXTURES, "control.js"), JSON.stringify(steps)];
  return tsmpirun(["-n", String(size), "--timeout", String(timeout), ...program]);
}
const hello = { type: "hello" };
const finalize = { type: "finalize", sent: {} };
const state = { pending: [{ operation: "recv", peer: 1, tag: 5, seconds: 4 }], finalizing: false };

t.test("ranks that have finalized are released together", async (t) => {
  const { code, stdout } = await conversation(2, {
    0: [hello, finalize, "wait released", "print"],
    1: [hello, { type: "blocked", state }, "wait departed", finalize, "wait released"],
  });
  t.equal(code, 0);
  t.match(JSON.parse(stdout), [{ type: "released" }]);
});

t.test("a rank that ends without a word counts as having left", async (t) => {
  const { code, stdout } = await conversation(2, {
    0: [hello, { type: "blocked", state }, "wait departed", "print", finalize, "wait released"],
    1: ["exit 0"],
  });
  t.equal(code, 0);
  t.same(JSON.parse(stdout), [{ type: "departed", sent: { 1: null } }]);
});

t.test("a blocked rank hears of one that finalized, with its count", async (t) => {
  const { code, stdout } = await conversation(2, {
    0: [hello, { type: "blocked", state }, "wait departed", "print", finalize, "wait released"],
    1: [hello, { type: "finalize", sent: { 0: 3 } }, "wait released"],
  });
  t.equal(code, 0);
  t.same(JSON.parse(stdout), [{ type: "departed", sent: { 1: 3 } }]);
});

t.test("a blocked rank hears of one that left in the middle", async (t) => {
  const { code, stdout } = await conversation(2, {
    0: [hello, { type: "blocked", state }, "wait departed", "print", finalize, "wait released"],
    1: [hello, "exit 0"],
  });
  t.equal(code, 0);
  t.same(JSON.parse(stdout), [{ type: "departed", sent: { 1: null } }]);
});

t.test("SEMANTICS 57: an abort ends the job with its code and reason, compute loops included", async (t) => {
  const { code, stderr } = await conversation(3, {
    0: [hello, "spin"],
    1: [hello, { type: "abort", code: 42, reason: "no convergence" }, "hang"],
    2: ["spin"],
  });
  t.equal(code, 42);
  t.match(
    stderr,
    /^tsmpirun: rank 1 on \S+ aborted the job with code 42: no convergence; stopping 2 others\n$/,
  );
});

t.test("a rank that aborts and ends at once is heard before its end is", async (t) => {
  const { code, stderr } = await conversation(1, { 0: [hello, { type: "abort", code: 9 }, "exit 3"] });
  t.equal(code, 9);
  t.match(stderr, /aborted the job with code 9\n$/);
});

t.test("at the deadline every rank says where it is", async (t) => {
  const answer = ["wait where", { type: "state", state }, "hang"];
  const { code, stderr } = await conversation(
    4,
    { 0: [hello, ...answer], 1: [hello, ...answer], 2: [hello, "spin"], 3: ["hang"] },
    2,
  );
  t.equal(code, 124);
  t.match(stderr, /^ {2}0 +\S+ +\d+ +waiting +recv +1 +5 +world +4\.0 s /m);
  t.match(stderr, /^ {2}1 +\S+ +\d+ +waiting +recv +1 +5 +world +4\.0 s /m);
  t.match(stderr, /^ {2}2 +\S+ +\d+ +running /m);
  t.match(stderr, /^ {2}3 +\S+ +\d+ +no call yet /m);
});

t.test("a connection that does not speak the language is closed, and the job goes on", async (t) => {
  const script = `const s = require("node:net").connect(process.env.TSMPI_JOB_DIR + "/agent");
    s.write("GET / HTTP/1.0\\n\\n"); s.on("error", () => {}); s.on("close", () => console.log("closed"));`;
  const { code, stdout } = await tsmpirun(["-n", "1", NODE, "-e", script]);
  t.same([code, stdout], [0, "closed\n"]);
});
