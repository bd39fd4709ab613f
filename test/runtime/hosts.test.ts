/** Collectives over several hosts: results, and messages that cross hosts against the files' formulas. */
import {
  Combiner,
  allgather,
  allreduce,
  barrier,
  bcast,
  createOp,
  decode,
  encode,
  operations,
  reduce,
  type Channel,
  type Op,
} from "@tsmpi/runtime/testing";
import t from "tap";
import { attempt, perform } from "../support/channels.js";

/** Host of each rank. */
const PLACEMENTS: Readonly<Record<string, readonly number[]>> = {
  "one host": [0, 0, 0, 0, 0],
  "two even": [0, 0, 0, 0, 1, 1, 1, 1],
  "two uneven": [0, 0, 0, 0, 0, 1],
  "three even": [0, 0, 0, 1, 1, 1, 2, 2, 2],
  "three uneven": [0, 1, 1, 1, 1, 2, 2],
  "four even": [0, 0, 1, 1, 2, 2, 3, 3],
  "five uneven": [0, 0, 0, 1, 2, 2, 3, 3, 3, 3, 4, 4],
  "five even, numbered backwards": Array.from({ length: 20 }, (_, rank) => 4 - (rank >> 2)),
  "one rank on each": [0, 1, 2, 3, 4],
  "two interleaved": [0, 1, 0, 1, 0, 1, 0],
  "three interleaved": Array.from({ length: 13 }, (_, rank) => rank % 3),
  "five interleaved": Array.from({ length: 20 }, (_, rank) => (rank * 3) % 5),
  "interleaved at the end": [0, 0, 0, 1, 1, 0],
};

const log2 = (size: number) => Math.ceil(Math.log2(size));
const concat = createOp((a: string, b: string) => a + b);

for (const [name, hosts] of Object.entries(PLACEMENTS)) {
  const size = hosts.length;
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  const H = new Set(hosts).size;
  const power = 2 ** Math.floor(Math.log2(H));
  const contiguous = hosts.filter((host, rank) => host !== hosts[rank - 1]).length === H;
  const letters = ranks.map((rank) => String.fromCharCode(97 + rank)).join("");
  const letter = (channel: Channel) => letters[channel.rank]!;

  t.test(`on ${name}: no more messages cross hosts than the formulas say`, async (t) => {
    const crossing = async <T>(what: string, wanted: number, body: (channel: Channel) => Promise<T>) => {
      const { values, crossings } = await perform(size, body, { hosts });
      t.equal(crossings, wanted, `${what}: messages that cross hosts`);
      return values;
    };
    await crossing("barrier", H * log2(H), barrier);
    for (const root of ranks) {
      const packets = await crossing(`bcast from ${root}`, H - 1, (channel) =>
        bcast(channel, channel.rank === root ? encode(root) : undefined, root),
      );
      t.ok(packets.every((packet) => decode(packet) === root));
      const again = hosts[root] === hosts[0] ? 0 : 1;
      const sums = await crossing(`reduce to ${root}`, H - 1 + again, (channel) =>
        reduce(channel, new Combiner(operations.SUM as Op<number>, channel.rank), root),
      );
      t.same(
        sums,
        ranks.map((rank) => (rank === root ? (size * (size - 1)) / 2 : undefined)),
      );
    }
    const doubling = power * Math.log2(power) + 2 * (H - power);
    const sums = await crossing("allreduce", doubling, (channel) =>
      allreduce(channel, new Combiner(operations.SUM as Op<number>, channel.rank)),
    );
    t.ok(sums.every((sum) => sum === (size * (size - 1)) / 2));
    const lists = await crossing("allgather", H * log2(H), (channel) =>
      allgather(channel, encode(channel.rank)),
    );
    for (const list of lists)
      t.same(
        list.map((packet) => decode(packet)),
        ranks,
      );
  });

  t.test(`on ${name}: operations that do not commute combine in rank order (34)`, async (t) => {
    const everywhere = await perform(
      size,
      (channel) => allreduce(channel, new Combiner(concat, letter(channel))),
      { hosts },
    );
    t.ok(everywhere.values.every((text) => text === letters));
    if (contiguous) t.equal(everywhere.crossings, power * Math.log2(power) + 2 * (H - power));
    for (const root of ranks) {
      const { values } = await perform(
        size,
        (channel) => reduce(channel, new Combiner(concat, letter(channel)), root),
        { hosts },
      );
      t.same(
        values,
        ranks.map((rank) => (rank === root ? letters : undefined)),
      );
    }
  });

  t.test(
    `on ${name}: what commutes combines in rank order, host by host if their ranks are mixed`,
    async (t) => {
      const commuting = createOp((a: string, b: string) => a + b, { commutative: true });
      const isTwoLevel = H > 1 && H < size && !contiguous;
      const byHost = [...new Set(hosts)].flatMap((host) => ranks.filter((rank) => hosts[rank] === host));
      const wanted = isTwoLevel ? byHost.map((rank) => letters[rank]).join("") : letters;
      const everywhere = await perform(
        size,
        (channel) => allreduce(channel, new Combiner(commuting, letter(channel))),
        { hosts },
      );
      t.same(
        everywhere.values,
        ranks.map(() => wanted),
      );
      for (const root of ranks) {
        const { values } = await perform(
          size,
          (channel) => reduce(channel, new Combiner(commuting, letter(channel)), root),
          { hosts },
        );
        t.equal(values[root], wanted);
      }
    },
  );

  t.test(`on ${name}: large payloads, and memory of each rank's own`, async (t) => {
    const force = { bcast: "scatter", reduce: "halving", allreduce: "halving", allgather: "ring" } as const;
    const array = (value: number) => new Float64Array(100).fill(value);
    const total = array((size * (size - 1)) / 2);
    const root = size - 1;
    const sums = await perform(
      size,
      (channel) => allreduce(channel, new Combiner(operations.SUM as Op<Float64Array>, array(channel.rank))),
      { hosts, force },
    );
    for (const sum of sums.values) t.same(sum, total);
    t.equal(new Set(sums.values.map(({ buffer }) => buffer)).size, size);
    const reduced = await perform(
      size,
      (channel) =>
        reduce(channel, new Combiner(operations.SUM as Op<Float64Array>, array(channel.rank)), root),
      { hosts, force },
    );
    t.same(reduced.values[root], total);
    const sent = await perform(
      size,
      async (channel) =>
        decode(await bcast(channel, channel.rank === root ? encode(array(3)) : undefined, root)),
      { hosts, force },
    );
    for (const value of sent.values) t.same(value, array(3));
    const lists = await perform(size, (channel) => allgather(channel, encode(array(channel.rank))), {
      hosts,
      force,
    });
    for (const list of lists.values)
      t.same(
        list.map((packet) => decode(packet)),
        ranks.map(array),
      );
  });

  t.test(`on ${name}: an error of one rank reaches whoever needs its value`, async (t) => {
    for (const culprit of ranks) {
      for (const root of [undefined, 0, size - 1]) {
        const { results } = await attempt<unknown>(
          size,
          (channel) => {
            const value = channel.rank === culprit ? () => 1 : 1;
            const combiner = new Combiner(operations.SUM, value as unknown);
            return root === undefined ? allreduce(channel, combiner) : reduce(channel, combiner, root);
          },
          { hosts },
        );
        const concerned = root === undefined ? results : [results[root]!, results[culprit]!];
        t.ok(
          concerned.every((result) => result.status === "rejected" && /ERR_TYPE/.test(String(result.reason))),
          `rank ${culprit}, root ${root}`,
        );
        t.notOk(
          results.some((result) => /waits for ever/.test(String((result as { reason?: unknown }).reason))),
        );
      }
    }
  });
}
