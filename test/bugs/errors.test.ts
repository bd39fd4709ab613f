/** Wrong arguments, and arguments of several ranks that do not fit together. */
import t from "tap";
import { error, findBugs, type Finding } from "../support/bugs.js";

const thrown: Finding = { as: "`TypeError`", code: 1, says: /^TypeError: /m };

t.test("what is wrong in a call, or between calls of several ranks, is an error at that call", (t) =>
  findBugs(
    t,
    "errors",
    [
      [
        error("ERR_RANK"),
        [
          { program: "destination", ranks: [0] },
          { program: "source", ranks: [0] },
        ],
      ],
      [error("ERR_ROOT"), [{ program: "invalid-root", ranks: [] }]],
      [error("ERR_TAG"), [{ program: "invalid-tag", ranks: [0] }]],
      [
        error("ERR_ARG"),
        [
          { program: "invalid-buffer", ranks: [0] },
          { program: "option", ranks: [0] },
          { program: "color", ranks: [] },
        ],
      ],
      [
        error("ERR_OP"),
        [
          { program: "invalid-operation", ranks: [] },
          { program: "user-operation", ranks: [] },
        ],
      ],
      [error("ERR_DIMS"), [{ program: "dims", ranks: [] }]],
      [error("ERR_COMM"), [{ program: "freed", ranks: [] }]],
      [
        error("ERR_REQUEST"),
        [
          { program: "no-request", ranks: [0] },
          { program: "taken-twice", ranks: [1] },
        ],
      ],
      [
        error("ERR_TYPE"),
        [
          { program: "invalid-value", ranks: [0], says: /value\.callback/ },
          { program: "buffer-type", ranks: [0, 1], says: /holds a Float64Array/ },
        ],
      ],
      [error("ERR_TRUNCATE"), [{ program: "buffer-size", ranks: [0, 1], says: /64 bytes.* only 32/ }]],
      [
        error("ERR_COUNT"),
        [
          { program: "counts", ranks: [] },
          { program: "counts-differ", ranks: [] },
          { program: "scatter", ranks: [], says: /1 items for 2 ranks/ },
        ],
      ],
      [
        error("ERR_COLLECTIVE"),
        [
          { program: "call", ranks: [0, 1], says: /called barrier at .* called allreduce of a number/ },
          { program: "operation", ranks: [0, 1], says: /by SUM at .* by MAX at/ },
          { program: "length", ranks: [0, 1], says: /Float64Array of 3 .* Float64Array of 4/ },
          { program: "type", ranks: [0, 1], says: /Int32Array of 4 .* Float64Array of 4/ },
          { program: "groups", ranks: [0, 1], says: /world ranks 0, 1 at .* world ranks 1, 0 at/ },
          { program: "left-out", ranks: [0, 1], says: /called bcast with root 0 at .* called barrier at/ },
          { program: "swapped-roots", ranks: [0, 1, 2], size: 3, says: /with root 0 at .* with root 1 at/ },
        ],
      ],
      [thrown, [{ program: "undefined-part", ranks: [0] }]],
    ],
    2,
  ),
);
