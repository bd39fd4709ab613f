import t, { test } from "tap";
import { SUM, type Communicator } from "tsmpi";
import { SLOW } from "../support/slow.js";
import { simulate } from "../support/simulation.js";

const log2 = (size: number) => Math.ceil(Math.log2(size));
const USUAL = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 96, 100, 127, 128, 255, 512];
const SIZES = SLOW ? [...USUAL, 500, 1000, 1024] : USUAL;
const sum = (size: number) => (size * (size - 1)) / 2;

/** Runs `body` on every rank and compares rounds and messages with the formula in the file's header. */
function counts(
  name: string,
  body: (comm: Communicator) => Promise<void>,
  formula: (size: number) => { rounds: number; messages: number; most: number },
): void {
  t.test(
    `${name} takes the rounds and messages of its formula at N = 1 … ${SLOW ? 1024 : 512}`,
    async (t) => {
      for (const size of SIZES) {
        const { rounds, messages } = await simulate(size, body);
        const { rounds: wanted, messages: total, most } = formula(size);
        t.equal(rounds, wanted, `${size} ranks: rounds`);
        t.equal(
          messages.reduce((a, b) => a + b, 0),
          total,
          `${size} ranks: messages`,
        );
        t.ok(Math.max(...messages) <= most, `${size} ranks: most messages from one rank`);
      }
    },
  );
}

const tree = (size: number) => ({ rounds: log2(size), messages: size - 1, most: log2(size) });
const everybody = (size: number) => ({
  rounds: log2(size),
  messages: size * log2(size),
  most: log2(size),
});

function same(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`got ${String(actual)}, expected ${String(expected)}`);
}

counts("barrier", (comm) => comm.barrier(), everybody);

counts(
  "bcast",
  async (comm) => {
    const root = comm.size >> 1;
    same(await comm.bcast(comm.rank === root ? 42 : undefined, { root }), 42);
  },
  tree,
);

counts(
  "scatter",
  async (comm) => {
    const items = comm.rank === 0 ? Array.from({ length: comm.size }, (_, i) => i) : undefined;
    same(await comm.scatter(items), comm.rank);
  },
  tree,
);

counts(
  "gather",
  async (comm) => {
    const root = comm.size - 1;
    const list = await comm.gather(comm.rank, { root });
    same(list?.[comm.size >> 1], comm.rank === root ? comm.size >> 1 : undefined);
  },
  (size) => ({ ...tree(size), most: 1 }),
);

counts(
  "reduce",
  async (comm) => same(await comm.reduce(comm.rank, SUM), comm.rank === 0 ? sum(comm.size) : undefined),
  (size) => ({ ...tree(size), most: 1 }),
);

counts(
  "allgather",
  async (comm) => same((await comm.allgather(comm.rank))[comm.size - 1], comm.size - 1),
  everybody,
);

counts(
  "allreduce",
  async (comm) => same(await comm.allreduce(comm.rank), sum(comm.size)),
  (size) => {
    const power = 2 ** Math.floor(Math.log2(size));
    const extra = size - power;
    const rounds = Math.log2(power) + (extra > 0 ? 2 : 0);
    return { rounds, messages: power * Math.log2(power) + 2 * extra, most: Math.log2(power) + 1 };
  },
);

counts(
  "scan",
  async (comm) => same(await comm.scan(comm.rank), sum(comm.rank + 1)),
  (size) => {
    let messages = 0;
    for (let distance = 1; distance < size; distance *= 2) messages += size - distance;
    return { rounds: log2(size), messages, most: log2(size) };
  },
);

test("alltoall and reduceScatterBlock take few messages from each rank", async (t) => {
  for (const size of [1, 2, 3, 8, 17, 64, 100]) {
    const power = 2 ** Math.floor(Math.log2(size));
    const exchange = async (comm: Communicator) => {
      const items = Array.from({ length: size }, (_, to) => to * 1000 + comm.rank);
      same((await comm.alltoall(items))[size - 1], comm.rank * 1000 + size - 1);
    };
    const combine = async (comm: Communicator) =>
      same(await comm.reduceScatterBlock(new Array<number>(size).fill(1)), size);
    const exchanged = await simulate(size, exchange);
    t.equal(exchanged.rounds, size >= 8 ? log2(size) : size - 1, `alltoall, ${size} ranks: rounds`);
    const combined = await simulate(size, combine);
    const rounds = Math.log2(power) + (size > power ? 2 : 0);
    t.equal(combined.rounds, size > 4 ? rounds : size - 1, `reduceScatterBlock, ${size} ranks: rounds`);
  }
});
