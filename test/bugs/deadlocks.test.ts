/** Ranks that wait for what never comes: for each other, or for one that has finished. */
import t from "tap";
import { error, findBugs, type Finding } from "../support/bugs.js";

const deadlock: Finding = { as: "deadlock", code: 125, says: /^tsmpirun: deadlock: / };

t.test("ranks that wait for ever are told so, and where they wait", (t) =>
  findBugs(
    t,
    "deadlocks",
    [
      [
        deadlock,
        [
          { program: "itself", ranks: [0, 1] },
          { program: "ssend-self", ranks: [0, 1] },
          { program: "ring", ranks: [0, 1, 2], size: 3 },
          { program: "send-send", ranks: [0, 1] },
          { program: "ssend-ring", ranks: [0, 1, 2], size: 3 },
          { program: "sendrecv", ranks: [0, 1, 2], size: 3 },
          { program: "probes", ranks: [0, 1] },
          { program: "waitany", ranks: [0, 1] },
          { program: "wildcards", ranks: [0, 1, 2], size: 3 },
          { program: "one-too-many", ranks: [0, 1, 2], size: 3 },
          {
            program: "tag",
            ranks: [0, 1],
            says: /\n {2}rank 1 has a message of rank 0 with tag 1 on "world" that it does not receive\n/,
          },
          { program: "order", ranks: [0, 1] },
          {
            program: "communicator",
            ranks: [0, 1],
            says: /recv +0 +any +dup of world[^]*\n {2}rank 1 has a message of rank 0 with tag 0 on "world" that/,
          },
          {
            program: "crossed",
            ranks: [0, 1],
            says: /barrier +1 +any +world .*\n.*barrier +0 +any +dup of world/,
          },
          { program: "mixed", ranks: [0, 1], says: /barrier +1 .*\n.*recv +0 / },
          { program: "part", ranks: [0, 1, 2], size: 3 },
        ],
      ],
      [
        error("ERR_PROC_FAILED"),
        [
          {
            program: "missing-send",
            ranks: [0, 1],
            says: /finished without sending .*; check destinations and tags/,
          },
          { program: "missing-receive", ranks: [0, 1], says: /finished without receiving/ },
          { program: "unawaited-receive", ranks: [0, 1], says: /finished without sending/ },
          { program: "missing-call", ranks: [0, 1], says: /finished without taking part in this barrier/ },
          { program: "exit-inside", ranks: [0, 1], says: /every rank must call allreduce and await it/ },
        ],
      ],
    ],
    4, // they wait, and need no processor for it
  ),
);
