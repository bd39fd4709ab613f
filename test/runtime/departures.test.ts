import t from "tap";
import { Endpoint, everyone } from "@tsmpi/runtime/testing";
import { ANY_SOURCE, ANY_TAG } from "tsmpi";

const NO_TRANSPORT = { send: () => {}, listen: () => {}, idle: () => {}, settle: () => {}, close: () => {} };
const PART = 8;

/** Rank 0 of a world of four, in a communicator with world ranks 3, 0 and 2 as well. */
function scene() {
  const endpoint = new Endpoint(0, 4, () => NO_TRANSPORT);
  endpoint.audiences.add(0, everyone(4), { name: "world" });
  const members = [3, 0, 2];
  const part = {
    size: members.length,
    worldRankOf: (rank: number) => members[rank]!,
    rankOf: (worldRank: number) => members.indexOf(worldRank),
  };
  endpoint.audiences.add(PART, part, { name: "part" });
  const failures: Record<string, string> = {};
  const post = (name: string, context: number, source: number) => {
    const fail = (error: Error) => (failures[name] = error.message);
    endpoint.receive(context, { source, tag: ANY_TAG, operation: "recv", deliver: () => {}, fail });
  };
  return { endpoint, failures, post };
}

t.test("who waits for anybody fails when the others of that communicator have left", async (t) => {
  const { endpoint, failures, post } = scene();
  post("anybody in the world", 0, ANY_SOURCE);
  post("anybody in the part", PART, ANY_SOURCE);
  endpoint.departed({ 3: null });
  t.same(failures, {});
  endpoint.departed({ 2: null });
  t.same(Object.keys(failures), ["anybody in the part"]);
  t.match(failures["anybody in the part"], /rank 1, recv: every other rank has finished/);
  endpoint.departed({ 1: null });
  t.match(failures["anybody in the world"], /rank 0, recv: every other rank has finished/);
});

t.test("who waits for anybody after all others have left fails at once", async (t) => {
  const { endpoint, failures, post } = scene();
  endpoint.departed({ 1: null, 2: null, 3: null });
  post("anybody in the world", 0, ANY_SOURCE);
  t.match(failures["anybody in the world"], /rank 0, recv: every other rank has finished/);
});

t.test("an error about a rank that has left names it as the communicator does", async (t) => {
  const { endpoint, failures, post } = scene();
  endpoint.departed({ 3: null });
  post("in the world", 0, 3);
  post("in the part", PART, 3);
  t.match(failures["in the world"], /rank 0, recv: rank 3 has finished/);
  t.match(failures["in the part"], /rank 1, recv: rank 0 \(world rank 3\) has finished/);
});

t.test("nobody can leave a communicator of one", async (t) => {
  const { endpoint, failures, post } = scene();
  const self = { size: 1, worldRankOf: () => 0, rankOf: (rank: number) => rank };
  endpoint.audiences.add(4, self, { name: "self" });
  post("from myself", 4, ANY_SOURCE);
  endpoint.departed({ 1: null, 2: null, 3: null });
  t.same(failures, {});
});
