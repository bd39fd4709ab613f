import t from "tap";
import { Group, Grid, dimsCreate, partOf, Contexts } from "@tsmpi/runtime/testing";
import { PROC_NULL, UNDEFINED } from "tsmpi";

const group = (...worldRanks: number[]) => new Group(worldRanks, 4);

t.test(
  "a group is a value: what is made of it does not change it, nor can its list be changed",
  async (t) => {
    const one = group(9, 4, 7);
    t.same([one.size, one.rank, one.ranks], [3, 1, [9, 4, 7]]);
    t.same(one.include([2, 0]).ranks, [7, 9]);
    t.same(one.include(new Set([1])).ranks, [4]);
    t.same(one.exclude([0]).ranks, [4, 7]);
    t.equal(one.exclude([1]).rank, UNDEFINED);
    t.same(one.ranks, [9, 4, 7]);
    t.throws(() => (one.ranks as number[]).push(1), TypeError);
  },
);

t.test("union keeps this group's order and appends; intersection and difference keep it", async (t) => {
  const [a, b] = [group(3, 1, 4), group(5, 4, 3)];
  t.same(a.union(b).ranks, [3, 1, 4, 5]);
  t.same(a.intersection(b).ranks, [3, 4]);
  t.same(b.intersection(a).ranks, [4, 3]);
  t.same(a.difference(b).ranks, [1]);
  t.same(a.intersection(group()).ranks, []);
});

t.test("groups are ident, similar or unequal", async (t) => {
  t.equal(group(1, 2).compare(group(1, 2)), "ident");
  t.equal(group(1, 2).compare(group(2, 1)), "similar");
  t.equal(group(1, 2).compare(group(1, 3)), "unequal");
  t.equal(group(1, 2).compare(group(1)), "unequal");
  t.equal(group().compare(group()), "ident");
});

t.test("translate finds ranks of one group in another", async (t) => {
  t.same(group(5, 6, 7).translate([0, 2, PROC_NULL, 1], group(7, 5)), [1, 0, PROC_NULL, UNDEFINED]);
  t.throws(() => group(5).translate([1], group(5)), { code: "ERR_GROUP" });
  t.throws(() => group().include([0]), { code: "ERR_GROUP", message: /the group is empty/ });
});

t.test("dimsCreate balances: no factorisation has a smaller largest side (51)", async (t) => {
  const wanted: [number, number, number[]][] = [
    [1, 2, [1, 1]],
    [6, 2, [3, 2]],
    [6, 3, [3, 2, 1]],
    [7, 3, [7, 1, 1]],
    [8, 3, [2, 2, 2]],
    [12, 2, [4, 3]],
    [16, 3, [4, 2, 2]],
    [36, 2, [6, 6]],
    [48, 3, [4, 4, 3]],
    [60, 3, [5, 4, 3]],
    [96, 2, [12, 8]],
    [1, 0, []],
  ];
  for (const [nodes, ndims, dims] of wanted) t.same(dimsCreate(nodes, ndims), dims, `${nodes}, ${ndims}`);
  for (let nodes = 1; nodes <= 600; nodes++) {
    let side = Math.ceil(Math.sqrt(nodes));
    while (nodes % side !== 0) side++;
    t.same(dimsCreate(nodes, 2), [side, nodes / side]);
  }
  for (const ndims of [3, 4, 8]) {
    const dims = dimsCreate(720_720, ndims);
    t.same(
      dims,
      [...dims].sort((a, b) => b - a),
    );
    t.equal(
      dims.reduce((a, b) => a * b, 1),
      720_720,
    );
  }
});

t.test("dimsCreate keeps what is given, and says what does not fit (51)", async (t) => {
  t.same(dimsCreate(12, [0, 2, 0]), [3, 2, 2]);
  t.same(dimsCreate(12, [12]), [12]);
  for (const bad of [[5, 0], [12, 2], [4], [-1, 0], [1.5, 0]]) {
    t.throws(() => dimsCreate(12, bad), { code: "ERR_DIMS" });
  }
  for (const nodes of [0, -2, 1.5, NaN]) t.throws(() => dimsCreate(nodes, 2), { code: "ERR_DIMS" });
  for (const ndims of [-1, 0.5, 0]) t.throws(() => dimsCreate(12, ndims), { code: "ERR_DIMS" });
});

t.test("a grid's ranks and coordinates are each other's inverse (51)", async (t) => {
  const grid = new Grid([3, 4, 5], [true, false, true]);
  t.equal(grid.size, 60);
  t.same(grid.coordsOf(0), [0, 0, 0]);
  t.same(grid.coordsOf(1), [0, 0, 1]);
  t.same(grid.coordsOf(59), [2, 3, 4]);
  for (let rank = 0; rank < 60; rank++) t.equal(grid.rankOf(grid.coordsOf(rank)), rank);
  t.equal(grid.rankOf([-1, 0, 7]), grid.rankOf([2, 0, 2]));
  t.equal(grid.rankOf([0, 4, 0]), undefined);
  t.equal(grid.neighbour(0, 1, -1), PROC_NULL);
  t.equal(grid.neighbour(0, 2, -6), 4);
  t.same(grid.part([true, false, true]).dims, [3, 5]);
  t.equal(grid.colorOf(59, [true, false, true]), 3);
});

t.test(
  "a split puts the ranks of a host together, also when another host has the same name (52)",
  async (t) => {
    const hosts = [0, 1, 0, 1, 2];
    const offers = hosts.map((color, rank) => ({ color, key: -rank, context: 100 + rank }));
    t.same(partOf(offers, 0), { ranks: [2, 0], context: 102 });
    t.same(partOf(offers, 1), { ranks: [3, 1], context: 103 });
    t.same(partOf(offers, 4), { ranks: [4], context: 104 });
  },
);

t.test(
  "context numbers of two ranks never meet, and come back last after they are released (48)",
  async (t) => {
    const end = 8 + 4 * 3 * 5; // room for five each
    const [one, other] = [new Contexts(1, 3, end), new Contexts(2, 3, end)];
    const given = Array.from({ length: 5 }, () => one.reserve());
    const others = Array.from({ length: 5 }, () => other.reserve());
    t.equal(new Set([...given, ...others]).size, 10);
    t.ok([...given, ...others].every((context) => context % 4 === 0 && context >= 8 && context < end));
    t.throws(() => one.reserve(), { code: "ERR_COMM" });
    one.release(given[3]!);
    one.release(given[1]!);
    one.release(others[0]!);
    t.equal(one.used, 3);
    t.equal(one.reserve(), given[1]);
    t.equal(one.reserve(), given[3]);
    const large = new Contexts(65_535, 65_536);
    for (let i = 0; i < 16_000; i++) large.release(large.reserve());
    t.equal(large.used, 0);
    t.ok(large.reserve() < 2 ** 32);
  },
);
