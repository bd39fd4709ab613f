/** What is wrong without anybody noticing while the job runs: found at its end, by --check. */
import { join } from "node:path";
import t from "tap";
import { findBugs, type Finding } from "../support/bugs.js";
import { FIXTURES, NODE } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const left = (as: string, says: RegExp): Finding => ({
  as: `--check: ${as}`,
  code: 1,
  says: new RegExp(`^tsmpirun: ranks have left something undone \\(--check\\):\n(.*\n)*.*${says.source}`),
  options: ["--check"],
});
const discord: Finding = {
  as: "different collectives",
  code: 1,
  says: /^tsmpirun: the ranks of "world" have ended after different collectives: /,
};
const missed: Finding = { as: "not found", code: 0, says: /^$/, options: ["--check"] };

t.test("what ranks leave undone is listed by --check, with where it began", (t) =>
  findBugs(
    t,
    "leftovers",
    [
      [
        left("never received", /never received/),
        [
          { program: "unreceived", ranks: [0, 1] },
          { program: "unreceived-large", ranks: [0, 1], says: /a message of rank 0 with tag 2 on "world"/ },
          { program: "wrong-tag", ranks: [0, 1], says: /a message of rank 0 with tag 1 on "world"/ },
          {
            program: "wrong-communicator",
            ranks: [0, 1],
            says: /a message of rank 0 with tag 0 on "dup of world"/,
          },
          { program: "one-short", ranks: [0], size: 3, says: /a message of rank [12] with tag 0/ },
          { program: "probed", ranks: [0, 1], says: /with tag 3/ },
        ],
      ],
      [
        left("never waited for", /never waited for/),
        [
          { program: "unawaited", ranks: [0] },
          { program: "unawaited-self", ranks: [0, 1] },
          { program: "unserved", ranks: [0] },
          { program: "never-tested", ranks: [1] },
          { program: "lost-requests", ranks: [0], says: /for 3 requests made/ },
        ],
      ],
      [
        left("never awaited", /never awaited/),
        [
          { program: "unawaited-send", ranks: [0], says: /the promise of send, called at/ },
          { program: "unawaited-calls", ranks: [0, 1], says: /3 promises of allreduce, called at/ },
        ],
      ],
      [
        left("never freed", /never freed/),
        [
          { program: "unfreed", ranks: [0, 1] },
          { program: "unfreed-alone", ranks: [0], size: 1, says: /"dup of self", made at .*unfreed-alone/ },
          { program: "two-copies", ranks: [0, 1], says: /3 communicators called "dup of world"/ },
        ],
      ],
      [
        left("changed too early", /was changed before its memory was free/),
        [{ program: "changed", ranks: [0] }],
      ],
      [
        left("changed too early", /was changed before the receive was complete/),
        [{ program: "written-early", ranks: [0] }],
      ],
      [
        { as: "--check: reads NaN", code: 0, says: /^NaN\n$/, options: ["--check"] },
        [{ program: "read-early", ranks: [] }],
      ],
      [
        discord,
        [
          { program: "root", ranks: [0, 1], says: /with root 0 at .* with root 1 at/ },
          { program: "last-calls", ranks: [0, 1], says: /bcast with root 0 at .* gather with root 0 at/ },
          { program: "left-out-last", ranks: [0, 1], says: /rank 0 made 2 calls, .* rank 1 made 1 call/ },
        ],
      ],
      [left("never took part", /never took part/), [{ program: "left-out-copy", ranks: [0, 1] }]],
      // At the call or at the end: that depends on how the ranks of a host tell each other.
      [
        {
          as: "different collectives (--check)",
          code: 1,
          says: /the ranks of "fifth" called/,
          options: ["--check"],
        },
        [{ program: "root-copy", ranks: [0, 1] }],
      ],
      [
        {
          as: "--check-races: race",
          code: 0,
          says: /^tsmpirun: messages that race \(--check-races\):\n.*: took one of rank \d .*; could have taken one of rank \d/,
          options: ["--check-races"],
        },
        [
          { program: "race", ranks: [0, 1, 2], size: 3 },
          {
            program: "race-probe",
            ranks: [0, 1, 2],
            size: 3,
            says: /rank 0, probe from any source on "world"/,
          },
        ],
      ],
      [missed, [{ program: "swapped", ranks: [] }]],
    ],
    2,
  ),
);

t.test("without --check messages that nobody has received are told, and the job ends well", async (t) => {
  const run = (program: string, ...options: string[]) =>
    tsmpirun(["-n", "2", "--timeout", "30", ...options, NODE, join(FIXTURES, `bugs/${program}.js`)]);
  const [unread, here, quiet, unfreed] = await Promise.all([
    run("unreceived"),
    run("wrong-tag"),
    run("unreceived", "-q"),
    run("unfreed"),
  ]);
  for (const { code, stderr } of [unread, here]) {
    t.equal(code, 0, stderr);
    t.match(stderr, /^tsmpirun: messages that nobody has received \(--check says more\):\n/);
    t.match(stderr, /^ {2}rank 1 never received /m);
  }
  t.equal(quiet.code, 0);
  t.equal(quiet.stderr, "");
  t.equal(unfreed.code, 0);
  t.equal(unfreed.stderr, "");
});

t.test("--check-races checks all that --check does, and --check says nothing of races", async (t) => {
  const run = (size: number, option: string, program: string) =>
    tsmpirun(["-n", `${size}`, "--timeout", "30", option, NODE, join(FIXTURES, `${program}.js`)]);
  const [both, quiet] = await Promise.all([
    run(2, "--check-races", "bugs/unfreed"),
    run(3, "--check", "bugs/race"),
  ]);
  t.equal(both.code, 1, both.stderr);
  t.match(both.stderr, /^ {2}rank 0 never freed /m);
  t.equal(quiet.code, 0);
  t.equal(quiet.stderr, "");
});

t.test("ranks of other hosts are heard as well", async (t) => {
  const hosts = ["-H", "node01,node02", "--rsh-agent", join(FIXTURES, "rsh.sh")];
  const { code, stderr } = await tsmpirun([
    ...["-n", "2", "--timeout", "30", "--check", ...hosts, NODE, join(FIXTURES, "bugs/wrong-tag.js")],
  ]);
  t.equal(code, 1, stderr);
  t.match(stderr, /rank 1 never received a message of rank 0 with tag 1 .* sent at .*wrong-tag\.js:5:/);
});

t.test("a job that fails lists nothing", async (t) => {
  for (const options of [[], ["--check"]]) {
    const { code, stderr } = await tsmpirun([
      "-n",
      "2",
      "--timeout",
      "30",
      ...options,
      NODE,
      join(FIXTURES, "bugs/fails-later.js"),
    ]);
    t.equal(code, 7, stderr);
    t.notMatch(stderr, "never");
  }
});
