/** Who is a rank, and what becomes of processes that only inherit its environment. */
import { join } from "node:path";
import t from "tap";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const life = (...words: string[]) => {
  const [size, program, ...args] = words;
  return tsmpirun(["-n", size!, "--timeout", "30", NODE, join(FIXTURES, "life", program!), ...args]);
};

t.test("a child process that takes itself for its parent's rank is told, and disturbs nothing", async (t) => {
  for (const when of ["child", "early"]) {
    const { code, stdout, stderr } = await life("2", "second.js", when);
    t.equal(code, 0, stderr);
    t.match(
      stdout,
      /^ERR_OTHER: rank 0, send: process \d+ is rank 0, and this one \(\d+\) has inherited its environment; start it without TSMPI_RANK, /m,
      when,
    );
    t.match(stdout, /^from rank 0$/m);
  }
});

t.test(
  "where it cannot be known which of two processes is the rank, none is called the other's child",
  async (t) => {
    const { code, stdout, stderr } = await life("2", "late-import.js");
    t.equal(code, 3, stderr);
    const [, rank, child] = /^rank (\d+) child (\d+)$/m.exec(stdout) ?? [];
    t.match(
      stdout,
      `ERR_OTHER: rank 0, send: process ${child} and this one (${rank}) both take themselves for rank 0; one has ` +
        "inherited the environment of the other: start that one without TSMPI_RANK, ",
    );
  },
);

t.test("a rank may be started by other programs", async (t) => {
  const shell = ["bash", "-c", `${NODE} ${join(FIXTURES, "life", "second.js")} child; true`];
  const { code, stdout, stderr } = await tsmpirun(["-n", "2", "--timeout", "30", ...shell]);
  t.equal(code, 0, stderr);
  t.match(stdout, /^from rank 0$/m);
});

t.test("a worker thread that communicates is told that only the main thread can", async (t) => {
  const { code, stdout, stderr } = await life("2", "second.js", "thread");
  t.equal(code, 0, stderr);
  t.match(
    stdout,
    /^ERR_OTHER: rank 0, send: this is a worker thread: a rank communicates from its main thread only/m,
  );
  t.match(stdout, /^from rank 0$/m);
});

t.test("a rank alone that waits for a message is told, with the line", async (t) => {
  for (const outcome of [await life("1", "alone.js"), await life("1", "alone.js", "ssend")]) {
    t.equal(outcome.code, 1);
    t.match(outcome.stderr, /rank 0, (recv|ssend): this rank is alone in its world/);
    t.match(outcome.stderr, /alone\.js:\d+:\d+/);
  }
});

t.test("a rank that leaves in the middle of a top-level await is named, with the reason", async (t) => {
  const { code, stderr } = await life("2", "unsettled.js");
  t.equal(code, 13);
  t.match(
    stderr,
    /rank \d on \S+ \(pid \d+\) exited with code 13 \(for Node: a top-level await that can never be settled\)/,
  );
});

t.test("the account at the deadline is right for a rank that has begun to wait just now", async (t) => {
  const program = join(FIXTURES, "life", "wait-late.js");
  const { code, stderr } = await tsmpirun(["-n", "3", "--timeout", "3", NODE, program]);
  t.equal(code, 124);
  t.match(stderr, /^ {2}0 .* waiting +recv +1 +7 +world .* \S*wait-late\.js:\d+:\d+$/m);
  t.match(stderr, /^ {2}1 .* running /m);
  t.match(stderr, /^ {2}2 .* waiting +barrier +\d +any +world .* \S*wait-late\.js:\d+:\d+$/m);
});
