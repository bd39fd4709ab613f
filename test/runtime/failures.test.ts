import t from "tap";
import { ENVELOPE_BYTES, Kind, writeEnvelope } from "@tsmpi/protocol";
import { Communicator, Endpoint, everyone } from "@tsmpi/runtime/testing";
import { ANY_SOURCE, ANY_TAG, SUM } from "tsmpi";

const PART = 8;
const NEVER = (): never => {
  throw new Error("nobody aborts");
};

/** Rank 0 of a world of four, and of a communicator of world ranks 3, 0 and 2, where it is rank 1. */
function scene() {
  const sent: number[] = [];
  const transport = {
    send: (dest: number) => void sent.push(dest),
    listen: () => {},
    idle: () => {},
    close: () => {},
  };
  const endpoint = new Endpoint(0, 4, () => transport);
  const world = new Communicator(
    { endpoint, members: everyone(4), rank: 0, context: 0, name: "world" },
    NEVER,
  );
  const ranks = [3, 0, 2];
  const members = {
    size: 3,
    worldRankOf: (rank: number) => ranks[rank]!,
    rankOf: (worldRank: number) => (ranks.includes(worldRank) ? ranks.indexOf(worldRank) : -32766),
  };
  const part = new Communicator({ endpoint, members, rank: 1, context: PART, name: "part" }, NEVER);
  const sequences = [0, 0, 0, 0];
  /** A message of a rank arrives. */
  const arrive = (source: number, kind: number, context: number, tag: number) => {
    const frame = new Uint8Array(ENVELOPE_BYTES + 1);
    const sequence = sequences[source]!++;
    const nothing = {
      format: 0,
      flags: 0,
      id: 1,
      bytes: 1,
      credit: 0,
      acknowledged: 0,
      signature: 0,
      shape: 0,
    };
    writeEnvelope(frame, { ...nothing, kind, source, context, tag, sequence });
    endpoint.reception.message(frame, undefined);
  };
  return { endpoint, world, part, sent, arrive };
}

/** What has become of a promise by now. */
async function fate(operation: Promise<unknown>): Promise<string> {
  const pending = new Promise<string>((resolve) => setImmediate(() => resolve("pending")));
  const end = operation.then(
    () => "complete",
    (error: Error) => error.message,
  );
  return Promise.race([end, pending]);
}

const KILLED = "was killed by SIGKILL on node01";

t.test("what waits for a rank that fails rejects, and says who it was and how", async (t) => {
  const { endpoint, world, part } = scene();
  const waiting = [
    world.recv({ source: 3 }),
    part.recv({ source: 0 }),
    world.ssend(1, 3),
    world.probe({ source: 3 }),
  ];
  const others = [world.recv({ source: 1 }), world.ssend(1, 2)];
  endpoint.failed({ 3: KILLED });
  t.match(await fate(waiting[0]!), /^rank 0, recv: rank 3 was killed by SIGKILL on node01; .*PROC_FAILED/);
  t.match(await fate(waiting[1]!), /^rank 1, recv: rank 0 \(world rank 3\) was killed/);
  t.match(await fate(waiting[2]!), /^rank 0, ssend: rank 3 was killed/);
  t.match(await fate(waiting[3]!), /^rank 0, probe: rank 3 was killed/);
  for (const other of others) t.equal(await fate(other), "pending", "the living are waited for");
});

t.test(
  "a collective rejects whoever it waits for, if any member has failed; and all that follow",
  async (t) => {
    const { endpoint, world, part } = scene();
    const barrier = world.barrier();
    const reduce = part.allreduce(1, SUM);
    endpoint.failed({ 1: KILLED });
    t.match(await fate(barrier), /^rank 0, barrier: rank 1 was killed/);
    t.equal(await fate(reduce), "pending", "rank 1 is not in it");
    t.match(await fate(world.bcast(1)), /^rank 0, bcast: rank 1 was killed/);
    endpoint.failed({ 2: KILLED });
    t.match(await fate(reduce), /^rank 1, allreduce: rank 2 was killed/);
  },
);

t.test("receives from anybody fail until the program has asked who has failed", async (t) => {
  const { endpoint, world, part } = scene();
  const noticed: number[][] = [];
  endpoint.agreements.council = {
    vote: () => {},
    revoke: () => {},
    noticed: (ranks) => void noticed.push([...ranks]),
  };
  const pending = world.recv();
  endpoint.failed({ 2: KILLED });
  t.match(await fate(pending), /rank 2 was killed/);
  t.match(await fate(world.recv()), /rank 2 was killed/);
  t.same(world.failed(), [2]);
  t.same(world.failed(), [2]);
  t.same(noticed, [[2]], "the launcher is told once");
  t.equal(await fate(world.recv({ source: ANY_SOURCE, tag: ANY_TAG })), "pending");
  t.match(await fate(part.recv()), /rank 2 was killed/, "each communicator is asked for itself");
  t.same(part.failed(), [2]);
  endpoint.failed({ 1: KILLED });
  t.match(await fate(world.recv()), /rank 1 was killed/);
});

t.test("nothing is sent to a rank that has failed, and nothing taken from it", async (t) => {
  const { endpoint, world, sent, arrive } = scene();
  arrive(3, Kind.EAGER, 0, 5);
  arrive(3, Kind.REQUEST, 0, 6);
  endpoint.failed({ 3: KILLED });
  arrive(3, Kind.EAGER, 0, 7);
  t.match(await fate(world.send(1, 3)), /^rank 0, send: rank 3 was killed/);
  t.notOk(sent.includes(3));
  t.equal(await fate(world.probe({ source: 3, tag: 5 })), "complete", "what has come before is there");
  t.match(
    await fate(world.probe({ source: 3, tag: 6 })),
    /rank 3 was killed/,
    "what was only announced is not",
  );
  t.match(await fate(world.probe({ source: 3, tag: 7 })), /rank 3 was killed/, "what comes later is not");
});

t.test("the last one waits for nobody", async (t) => {
  const { endpoint, world } = scene();
  endpoint.failed({ 1: KILLED, 2: KILLED, 3: KILLED });
  t.same(world.failed(), [1, 2, 3]);
  t.match(await fate(world.recv()), /every other rank has finished or failed/);
});

t.test("on a revoked communicator all that is pending rejects, and all that follows", async (t) => {
  const { endpoint, world, part } = scene();
  const pending = [
    part.recv({ tag: 9 }),
    part.recv({ source: 0 }),
    part.ssend(1, 0),
    part.ssend("myself", 1),
    part.barrier(),
    part.probe({ tag: 9 }),
  ];
  const elsewhere = world.recv();
  endpoint.revoked(PART, 2);
  for (const operation of pending)
    t.match(await fate(operation), /^rank 1, \w+: rank 2 has revoked "part"; .*ERR_REVOKED/);
  t.match(await fate(part.send(1, 0)), /ERR_REVOKED/);
  t.match(await fate(part.recv()), /ERR_REVOKED/);
  t.match(await fate(part.dup()), /ERR_REVOKED/);
  t.equal(await fate(elsewhere), "pending");
  t.equal(await fate(part.free()), "complete", "it can be freed, without the others");
});

t.test("a communicator revoked before it is known is revoked when it is", async (t) => {
  const { endpoint } = scene();
  endpoint.revoked(16, 3);
  const late = new Communicator(
    { endpoint, members: everyone(4), rank: 0, context: 16, name: "late" },
    NEVER,
  );
  t.match(await fate(late.barrier()), /rank 3 has revoked "late"/);
});

t.test("an agreement resolves with what is decided, and shrink leaves the failed out", async (t) => {
  const { endpoint, part } = scene();
  const ballots: object[] = [];
  endpoint.agreements.council = {
    vote: (ballot) => void ballots.push(ballot),
    revoke: () => {},
    noticed: () => {},
  };
  const agreed = part.agree(0xffff_ffff);
  const shrunk = part.shrink();
  t.match(ballots, [
    { context: PART, number: 0, operation: "agree", members: [3, 0, 2], flags: -1 },
    { context: PART, number: 1, operation: "shrink", members: [3, 0, 2] },
  ]);
  t.same(
    [...endpoint.unfinished()].map(({ operation }) => operation),
    ["agree", "shrink"],
  );
  endpoint.agreements.concluded({ context: PART, number: 0, flags: 4, offer: 0, failed: {}, missing: [] });
  t.equal(await agreed, 4);
  const failed = { 3: KILLED };
  endpoint.agreements.concluded({ context: PART, number: 1, flags: -1, offer: 40, failed, missing: [] });
  const rest = await shrunk;
  t.match(rest, { rank: 0, size: 2, name: "survivors of part" });
  t.same(rest.group.ranks, [0, 2]);
  t.same([...endpoint.unfinished()], []);
  t.equal(endpoint.contexts.used, 0, "the context that was offered in vain is free again");
});

t.test("what somebody has finished without rejects, as do flags that are none", async (t) => {
  const { endpoint, part } = scene();
  endpoint.agreements.council = { vote: () => {}, revoke: () => {}, noticed: () => {} };
  const shrunk = part.shrink();
  endpoint.agreements.concluded({ context: PART, number: 0, flags: 0, offer: 0, failed: {}, missing: [2] });
  t.match(await fate(shrunk), /^rank 1, shrink: rank 2 has finished without calling it \[ERR_PROC_FAILED/);
  const different = part.shrink();
  const operations = { shrink: [0], agree: [3, 2] };
  const nothing = { context: PART, flags: 0, offer: 0, failed: {}, missing: [] };
  endpoint.agreements.concluded({ ...nothing, number: 1, operations });
  t.match(
    await fate(different),
    /different collectives: rank 1 called shrink; ranks 0, 2 called agree \[ERR_COLL/,
  );
  for (const flags of [0.5, 2 ** 32, Number.NaN, "1" as unknown as number]) {
    t.match(await fate(part.agree(flags)), /is not a whole number of 32 bits \[ERR_ARG\]/);
  }
});

t.test(
  "when a rank has gone, what has come is looked for: it may have been about to wake this one",
  async (t) => {
    let looks = 0;
    const transport = { send: () => {}, listen: () => void looks++, idle: () => {}, close: () => {} };
    const endpoint = new Endpoint(0, 4, () => transport);
    endpoint.failed({ 3: KILLED });
    t.equal(looks, 0, "nobody waits");
    const receive = { source: 1, tag: 0, operation: "recv", deliver: () => {}, fail: () => {} };
    endpoint.receive(0, receive);
    t.equal(looks, 1);
    endpoint.failed({ 2: KILLED });
    t.equal(looks, 2);
    endpoint.departed({ 1: 7 });
    t.equal(looks, 3);
    t.ok(endpoint.cancel(0, receive));
  },
);
