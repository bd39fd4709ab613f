import t from "tap";
import { inspect } from "node:util";
import { MPIError } from "tsmpi";

t.test("an error that is printed shows what it knows, and nothing that is undefined", async (t) => {
  const error = new MPIError("ERR_ARG", "wrong", { operation: "send" });
  t.equal(error.peer, undefined);
  t.notMatch(inspect(error), /undefined/);
  const known = error.at({ rank: 3, peer: 1 });
  t.same([known.rank, known.peer, known.operation], [3, 1, "send"]);
  t.match(inspect(known), /rank: 3,\s+peer: 1/);
});
