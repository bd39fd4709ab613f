// Rows named after the OSU micro-benchmarks: `osu.js PLAN`, see ../osu-plan.js. Rank 0 prints by row and kind of data,
// a size each, the microseconds of the batches. osu.py is the same program for mpi4py: change both.
import { SUM, Request, world } from "tsmpi";

const BATCHES = 5;
const LEAST_CALLS = 8; // to warm up
const MOST_CALLS = 50_000; // in a batch, unless the plan says more
const {
  rows: wanted,
  warmUp,
  sizeWarmUp,
  milliseconds,
  mostCalls = MOST_CALLS,
} = JSON.parse(process.argv[2]);
const { rank, size } = world;
const ranks = Array.from({ length: size }, (_, other) => other);
const half = size >> 1;

const make = {
  object: (bytes) => (bytes <= 8 ? { a: 1 } : { a: 1, text: "x".repeat(bytes) }),
  array: (bytes) => new Float64Array(bytes / 8).fill(rank),
};
/** As many as fit into 16 MiB, 64 at most. */
const windowOf = (bytes) => Math.max(2, Math.min(64, Math.floor(2 ** 24 / Math.max(1, bytes))));
/** The options of a receive: arrays come into one that is there already. */
const into = (kind, bytes) => (kind === "array" ? { into: make.array(bytes) } : {});
const add = (a, b) => ({ ...a, a: a.a + b.a });
const op = { object: add, array: SUM };

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

/** One batch of calls: microseconds of a message, the mean over the ranks; and the milliseconds all of it took. */
async function batch(row, count) {
  const started = performance.now();
  const total = await world.allreduce(await repeat(row, count));
  return { time: ((total / size) * 1e3) / count / row.messages, wall: performance.now() - started };
}

/**
 * Batches of growing size until the time is up and the calls are as many as it takes until memory has been used
 * before. Rank 0 decides for all; returns the milliseconds of a call.
 */
async function warm(row, time) {
  let [count, calls, spent] = [1, 0, 0];
  for (;;) {
    const { wall } = await batch(row, count);
    calls += count;
    spent += wall;
    const next = Math.max(1, Math.ceil(Math.min(4 * count, ((time - spent) * count) / wall)));
    const [more, each] = await world.bcast([spent < time || calls < LEAST_CALLS ? next : 0, wall / count]);
    if (more === 0) return each;
    count = more;
  }
}

/** The times of the batches, in order; few when a single call takes longer than is meant for all. */
async function measure(row, time) {
  const each = await warm(row, sizeWarmUp);
  const count = Math.min(mostCalls, Math.ceil(time / BATCHES / each));
  const times = [];
  let spent = 0;
  do {
    const { time, wall } = await batch(row, count);
    times.push(time);
    spent += wall;
  } while (await world.bcast(times.length < BATCHES && spent < 2 * time));
  return times;
}

const results = {};
for (const [index, { row, sizes }] of wanted.entries()) {
  results[row] = {};
  for (const [kind, list] of Object.entries(sizes)) {
    results[row][kind] = [];
    for (const [i, bytes] of list.entries()) {
      const prepared = rows[row](kind, bytes);
      if (i === 0) await warm(prepared, index === 0 ? 3 * warmUp : warmUp);
      results[row][kind].push(await measure(prepared, milliseconds));
    }
  }
}
if (rank === 0) console.log(JSON.stringify(results));
