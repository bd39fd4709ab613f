/** Every algorithm against the formula in the header of its file: rounds, messages, bytes. */
import {
  Combiner,
  allgather,
  allreduce,
  alltoall,
  barrier,
  bcast,
  binomialTree,
  decode,
  encode,
  gather,
  operations,
  reduce,
  reduceScatter,
  scatter,
  type Channel,
  type Choices,
  type Packet,
} from "@tsmpi/runtime/testing";
import t from "tap";
import { most, perform, total } from "../support/channels.js";
import { SLOW } from "../support/slow.js";

const USUAL = [1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 33, 64, 65, 96, 127, 255, 513];
const SIZES = SLOW ? [...USUAL, 511, 1000, 4096].sort((a, b) => a - b) : USUAL;
/** For algorithms with N² messages or items in all. */
const FEW = SIZES.filter((size) => size <= 96);
const MANY = SIZES.filter((size) => size <= 511);

const ITEM_BYTES = 8;
const PIECE_HEADER_BYTES = 24;
const log2 = (size: number) => Math.ceil(Math.log2(size));
const power = (size: number) => 2 ** Math.floor(Math.log2(size));
const extra = (size: number) => size - power(size);
const ranks = (size: number) => Array.from({ length: size }, (_, rank) => rank);
const sum = (size: number) => (size * (size - 1)) / 2;
const numberIn = (packet: Packet) => decode(packet);

interface Cost {
  readonly rounds: number;
  readonly messages: number;
  /** All ranks' bytes together. */
  readonly bytes: number;
  /** Most messages from one rank. */
  readonly most: number;
}

/** @param body returns whether the result is right */
function costs(
  title: string,
  sizes: readonly number[],
  force: Choices,
  body: (channel: Channel) => Promise<boolean>,
  formula: (size: number) => Cost,
): void {
  t.test(`${title}, N up to ${sizes.at(-1)}`, async (t) => {
    for (const size of sizes) {
      const wanted = formula(size);
      const passed = await perform(size, body, { force });
      t.ok(
        passed.values.every((right) => right),
        `${size} ranks: results`,
      );
      t.ok(
        passed.rounds <= wanted.rounds,
        `${size} ranks: ${passed.rounds} rounds, at most ${wanted.rounds}`,
      );
      t.equal(total(passed.messages), wanted.messages, `${size} ranks: messages`);
      t.equal(total(passed.bytes), wanted.bytes, `${size} ranks: bytes`);
      t.ok(
        most(passed.messages) <= wanted.most,
        `${size} ranks: ${most(passed.messages)} messages from one rank, at most ${wanted.most}`,
      );
    }
  });
}

/** A vector with so many bytes for each of `parts`. */
const vector = (parts: number, value: number) => new Uint8Array(parts * ITEM_BYTES).fill(value);
const isFilled = (array: unknown, value: number) =>
  array instanceof Uint8Array && array[0] === value && array.at(-1) === value;
const combiner = (array: Uint8Array) => new Combiner<Uint8Array>(operations.SUM as never, array);

costs(
  "barrier, dissemination",
  SIZES,
  {},
  async (channel) => {
    await barrier(channel);
    return true;
  },
  (size) => ({ rounds: log2(size), messages: size * log2(size), bytes: 0, most: log2(size) }),
);

for (const algorithm of ["binomial", "scatter"] as const) {
  const body = async (channel: Channel) => {
    const root = channel.size >> 1;
    const data = channel.rank === root ? encode(vector(channel.size, 7)) : undefined;
    const { bytes } = await bcast(channel, data, root);
    return bytes.byteLength === channel.size * ITEM_BYTES && bytes.every((byte) => byte === 7);
  };
  const tree = (size: number) => size * ITEM_BYTES * (size - 1);
  if (algorithm === "binomial") {
    costs("bcast, binomial", SIZES, { bcast: algorithm }, body, (size) => ({
      rounds: log2(size),
      messages: size - 1,
      bytes: tree(size),
      most: log2(size),
    }));
  } else {
    costs("bcast, scatter and ring", FEW.slice(2), { bcast: algorithm }, body, (size) => {
      const spans = ranks(size).map((node) => binomialTree(node, size).end - node);
      return {
        rounds: log2(size) + size - 1,
        messages: size - 1 + total(spans.map((span) => size - span)),
        bytes: tree(size) + PIECE_HEADER_BYTES * (size - 1),
        most: log2(size) + size - 1,
      };
    });
  }
}

costs(
  "reduce, binomial",
  SIZES,
  { reduce: "binomial" },
  async (channel) => {
    const result = await reduce(channel, combiner(vector(1, 1)), 0);
    return channel.rank === 0 ? isFilled(result, channel.size & 255) : result === undefined;
  },
  (size) => ({ rounds: log2(size), messages: size - 1, bytes: ITEM_BYTES * (size - 1), most: 1 }),
);

for (const at of ["the last rank", "a folded rank"]) {
  const rootOf = (size: number) => (at === "a folded rank" ? 0 : size - 1);
  const isFolded = (size: number) => at === "a folded rank" && extra(size) > 0;
  costs(
    `reduce, halving, root is ${at}`,
    SIZES.slice(1),
    { reduce: "halving" },
    async (channel) => {
      const { rank, size } = channel;
      const result = await reduce(channel, combiner(new Uint8Array(power(size)).fill(1)), rootOf(size));
      return rank === rootOf(size) ? isFilled(result, size & 255) : result === undefined;
    },
    (size) => {
      const P = power(size);
      const once = isFolded(size) ? 1 : 0;
      const headers = size - 1 + P * Math.log2(P);
      return {
        rounds: 2 * log2(size) + (extra(size) > 0 ? 1 : 0) + 2 * Math.log2(P) + once,
        messages: 2 * (size - 1) + P * Math.log2(P) + P - 1 + extra(size) + once,
        // Halving gives away all but one of P parts on each rank; a gather of parts takes P log2 P / 2 of them.
        bytes: P * (P - 1) + (P * Math.log2(P)) / 2 + (extra(size) + once) * P + PIECE_HEADER_BYTES * headers,
        most: 2 * log2(size) + Math.log2(P) + 2,
      };
    },
  );
}

for (const algorithm of ["doubling", "halving"] as const) {
  costs(
    `allreduce, ${algorithm}`,
    SIZES,
    { allreduce: algorithm },
    async (channel) => {
      const P = power(channel.size);
      return isFilled(await allreduce(channel, combiner(new Uint8Array(P).fill(1))), channel.size & 255);
    },
    (size) => {
      const P = power(size);
      const rounds = Math.log2(P) * (algorithm === "halving" && size > 1 ? 2 : 1);
      const folds = 2 * extra(size);
      const exchanged =
        algorithm === "doubling"
          ? P * P * Math.log2(P)
          : 2 * P * (P - 1) + PIECE_HEADER_BYTES * P * Math.log2(P);
      return {
        rounds: rounds + (extra(size) > 0 ? 2 : 0),
        messages: P * rounds + folds,
        bytes: exchanged + folds * P,
        most: rounds + (extra(size) > 0 ? 1 : 0),
      };
    },
  );
}

/** What a message with so many items takes beside them; a single one travels bare. */
const bundled = (items: number) => (items === 1 ? 0 : 8 + 16 * items);

costs(
  "allgather, Bruck",
  MANY,
  { allgather: "bruck" },
  async (channel) => {
    const packets = await allgather(channel, encode(channel.rank));
    return packets.every((packet, rank) => numberIn(packet) === rank);
  },
  (size) => {
    let headers = 0;
    for (let d = 1; d < size; d *= 2) headers += bundled(Math.min(d, size - d));
    return {
      rounds: log2(size),
      messages: size * log2(size),
      bytes: size * ((size - 1) * ITEM_BYTES + headers),
      most: log2(size),
    };
  },
);

costs(
  "allgather, ring of large items",
  FEW.slice(3),
  { allgather: "ring" },
  async (channel) => {
    const packets = await allgather(channel, encode(channel.rank));
    return packets.every((packet, rank) => numberIn(packet) === rank);
  },
  (size) => {
    let headers = 0;
    for (let d = 1; d < size; d *= 2) headers += bundled(Math.min(d, size - d));
    return {
      rounds: log2(size) + size - 1,
      messages: size * (log2(size) + size - 1),
      bytes: size * ((size - 1) * ITEM_BYTES + headers),
      most: log2(size) + size - 1,
    };
  },
);

for (const algorithm of ["bruck", "notes", "pairwise"] as const) {
  costs(
    `alltoall, ${algorithm}`,
    algorithm === "bruck" ? MANY : FEW,
    { alltoall: algorithm },
    async (channel) => {
      const { rank, size } = channel;
      const packets = await alltoall(
        channel,
        ranks(size).map((to) => encode(to * size + rank)),
      );
      return packets.every((packet, from) => numberIn(packet) === rank * size + from);
    },
    (size) => {
      const direct = algorithm === "bruck" ? 0 : size - 1;
      const rounds = direct + (algorithm === "pairwise" ? 0 : log2(size));
      let bytes = direct * ITEM_BYTES;
      for (let d = 1; d < size && algorithm !== "pairwise"; d *= 2) {
        const items = ranks(size).filter((ahead) => (ahead & d) !== 0).length;
        bytes += 8 + items * (16 + (algorithm === "bruck" ? ITEM_BYTES : 0));
      }
      return { rounds, messages: size * rounds, bytes: size * bytes, most: rounds };
    },
  );
}

/** Bytes of a tree that carries items; `inline` tells of which nodes, the others' travel apart. */
function treeBytes(size: number, inline: (node: number) => boolean): number {
  const item = (node: number) => (inline(node) ? ITEM_BYTES : 0);
  return total(
    ranks(size).map((node) => {
      if (node === 0) return 0;
      const { end } = binomialTree(node, size);
      const items = ranks(size).slice(node, end).map(item);
      return bundled(end - node) + total(items) + ITEM_BYTES - item(node);
    }),
  );
}

for (const algorithm of ["binomial", "linear"] as const) {
  const sizes = algorithm === "binomial" ? MANY : FEW;
  const underRoot = (node: number, size: number) => (binomialTree(node, size).parent ?? 0) === 0;
  const isLeaf = (node: number, size: number) => binomialTree(node, size).end === node + 1;
  const cost = (size: number, isInline: (node: number) => boolean, isRootBusy: boolean): Cost => {
    const inline = (node: number) => algorithm === "binomial" || isInline(node);
    const apart = ranks(size).filter((node) => node > 0 && !inline(node)).length;
    return {
      rounds: log2(size) + apart,
      messages: Math.max(0, size - 1) + apart,
      bytes: treeBytes(size, inline),
      most: isRootBusy ? log2(size) + apart : 2,
    };
  };
  costs(
    `gather, ${algorithm}`,
    sizes,
    { gather: algorithm },
    async (channel) => {
      const root = channel.size - 1;
      const packets = await gather(channel, encode(channel.rank), root);
      if (channel.rank !== root) return packets === undefined;
      return packets!.every((packet, rank) => numberIn(packet) === rank);
    },
    (size) => cost(size, (node) => underRoot(node, size), false),
  );
  costs(
    `scatter, ${algorithm}`,
    sizes,
    { scatter: algorithm },
    async (channel) => {
      const items = channel.rank === 0 ? ranks(channel.size).map((rank) => encode(rank)) : undefined;
      return numberIn(await scatter(channel, items, 0)) === channel.rank;
    },
    (size) => cost(size, (node) => underRoot(node, size) && isLeaf(node, size), true),
  );
}

for (const algorithm of ["pairwise", "halving"] as const) {
  costs(
    `reduceScatter, ${algorithm}`,
    FEW,
    { reduceScatter: algorithm },
    async (channel) => {
      const { rank, size } = channel;
      const packets = ranks(size).map((to) => encode(to * size + rank));
      const result = await reduceScatter(channel, packets, (first) => Combiner.of(operations.SUM, first));
      return result === rank * size * size + sum(size);
    },
    (size) => {
      if (algorithm === "pairwise") {
        const messages = size * (size - 1);
        return { rounds: size - 1, messages, bytes: messages * ITEM_BYTES, most: size - 1 };
      }
      const P = power(size);
      const folds = extra(size);
      // Items of those whose lower bits are like the giver's and whose bit d is not.
      const itemsOf = (number: number) => (number < folds ? 2 : 1);
      let bytes = folds * (8 + size * (16 + ITEM_BYTES) + ITEM_BYTES);
      for (let d = 1; d < P; d *= 2) {
        for (const giver of ranks(P)) {
          const given = ranks(P).filter((other) => ((other ^ giver) & (2 * d - 1)) === d);
          bytes += 8 + total(given.map(itemsOf)) * (16 + ITEM_BYTES);
        }
      }
      return {
        rounds: Math.log2(P) + (folds > 0 ? 2 : 0),
        messages: P * Math.log2(P) + 2 * folds,
        bytes,
        most: Math.log2(P) + (folds > 0 ? 1 : 0),
      };
    },
  );
}
