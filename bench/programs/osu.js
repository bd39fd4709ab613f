// One row named after the OSU micro-benchmarks: `osu.js ROW SIZES BUDGET`. Sizes are JSON lists of bytes by kind
// of data, the budget is the milliseconds that a size may take. Rank 0 prints microseconds by kind, a size each.
// osu.py is the same program for mpi4py: change both.
import { SUM, Request, world } from "tsmpi";

const WARM_UP = 3; // times the budget, once: V8 compiles
const [row, sizes, budget] = [process.argv[2], JSON.parse(process.argv[3]), Number(process.argv[4])];
const { rank, size } = world;
const ranks = Array.from({ length: size }, (_, other) => other);
const half = size >> 1;

const make = {
  object: (bytes) => ({ id: rank, text: "x".repeat(bytes) }),
  array: (bytes) => new Float64Array(bytes / 8).fill(rank),
};
/** As many as fit into 16 MiB, 64 at most. */
const windowOf = (bytes) => Math.max(2, Math.min(64, Math.floor(2 ** 24 / Math.max(1, bytes))));
/** The options of a receive: arrays come into one that is there already. */
const into = (kind, bytes) => (kind === "array" ? { into: make.array(bytes) } : {});
const pick = (a, b) => ({ id: a.id + b.id, text: a.text });
const op = { object: pick, array: SUM };

/** For each row: what is done once, by data; and how many messages of one way that is. */
const rows = {
  osu_latency(kind, bytes) {
    const [data, options] = [make[kind](bytes), into(kind, bytes)];
    const ping = async () => {
      await world.send(data, 1);
      await world.recv({ source: 1, ...options });
    };
    const pong = async () => {
      await world.recv({ source: 0, ...options });
      await world.send(data, 0);
    };
    return { once: rank === 0 ? ping : pong, messages: 2 };
  },
  osu_bw: (kind, bytes) => stream(kind, bytes, false),
  osu_bibw: (kind, bytes) => stream(kind, bytes, true),
  osu_mbw_mr: (kind, bytes) => stream(kind, bytes, false),
  osu_barrier: () => ({ once: () => world.barrier(), messages: 1 }),
  osu_bcast: (kind, bytes) => collective(kind, bytes, (data) => world.bcast(rank === 0 ? data : undefined)),
  osu_reduce: (kind, bytes) => collective(kind, bytes, (data) => world.reduce(data, op[kind])),
  osu_allreduce: (kind, bytes) => collective(kind, bytes, (data) => world.allreduce(data, op[kind])),
  osu_gather: (kind, bytes) => collective(kind, bytes, (data) => world.gather(data)),
  osu_scatter: (kind, bytes) =>
    collective(kind, bytes, (data, all) => world.scatter(rank === 0 ? all : undefined)),
  osu_allgather: (kind, bytes) => collective(kind, bytes, (data) => world.allgather(data)),
  osu_alltoall: (kind, bytes) => collective(kind, bytes, (data, all) => world.alltoall(all)),
};

/** Windows of messages from the lower half of the ranks to the upper, in both directions if wanted. */
function stream(kind, bytes, both) {
  const [data, options] = [make[kind](bytes), into(kind, bytes)];
  const [count, lower] = [windowOf(bytes), rank < half];
  const peer = lower ? rank + half : rank - half;
  const once = async () => {
    const requests = [];
    for (let i = 0; i < count; i++) {
      if (both || !lower) requests.push(world.irecv({ source: peer, tag: 1, ...options }));
      if (both || lower) requests.push(world.isend(data, peer, { tag: 1 }));
    }
    await Request.waitall(requests);
    if (lower) await world.recv({ source: peer, tag: 2 });
    else await world.send(0, peer, { tag: 2 });
  };
  return { once, messages: count };
}

function collective(kind, bytes, call) {
  const data = make[kind](bytes);
  const all = ranks.map(() => data);
  return { once: () => call(data, all), messages: 1, together: true };
}

/** Milliseconds of this rank in `count` calls; collectives begin together each time, as in OSU's programs. */
async function repeat({ once, together = false }, count) {
  await world.barrier();
  let total = 0;
  for (let i = 0; i < (together ? count : 1); i++) {
    const started = performance.now();
    for (let j = 0; j < (together ? 1 : count); j++) await once();
    total += performance.now() - started;
    if (together) await world.barrier();
  }
  return total;
}

/** How often a row fits into some milliseconds, the same on every rank. */
async function calibrate(row, milliseconds) {
  await repeat(row, 1);
  const elapsed = await repeat(row, 2);
  const count = Math.ceil((2 * milliseconds) / Math.max(elapsed, 0.01));
  return world.bcast(Math.min(2000, Math.max(2, count)));
}

async function measure(kind, bytes) {
  const prepared = rows[row](kind, bytes);
  await repeat(prepared, await calibrate(prepared, budget / 3));
  const count = await calibrate(prepared, budget / 2);
  const total = await world.allreduce(await repeat(prepared, count));
  return ((total / size) * 1e3) / count / prepared.messages;
}

const kinds = Object.keys(sizes);
const first = rows[row](kinds[0], sizes[kinds[0]][0]);
await repeat(first, await calibrate(first, WARM_UP * budget));
const times = {};
for (const kind of kinds) {
  times[kind] = [];
  for (const bytes of sizes[kind]) times[kind].push(await measure(kind, bytes));
}
if (rank === 0) console.log(JSON.stringify(times));
