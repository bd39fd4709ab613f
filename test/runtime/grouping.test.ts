/** Sums on boards have the bits of those by messages: values are grouped alike. */
import t from "tap";
import { binomialTree, combineGrouped } from "@tsmpi/runtime/testing";

/** How the binomial tree over ranks groups. */
function ofTree(rank: number, size: number): string {
  return binomialTree(rank, size).children.reduce(
    (left, child) => `(${left} ${ofTree(child, size)})`,
    String(rank),
  );
}

/** How recursive doubling does: pairs first, until a power of two is left; then neighbouring halves. */
function ofDoubling(size: number): string {
  const power = 2 ** Math.floor(Math.log2(size));
  const pairs = size - power;
  const units = Array.from({ length: power }, (_, unit) =>
    unit < pairs ? `(${2 * unit} ${2 * unit + 1})` : String(unit + pairs),
  );
  for (let apart = 1; apart < power; apart *= 2) {
    for (let unit = 0; unit < power; unit += 2 * apart)
      units[unit] = `(${units[unit]} ${units[unit + apart]})`;
  }
  return units[0]!;
}

t.test(
  "values are combined in rank order, grouped as messages group them, for every number of ranks",
  async (t) => {
    for (let size = 1; size <= 130; size++) {
      const asked: number[] = [];
      const grouped = (grouping: "binomial" | "folded") =>
        combineGrouped(
          size,
          grouping,
          (rank) => {
            asked.push(rank);
            return String(rank);
          },
          (left, right) => `(${left} ${right})`,
        );
      t.equal(grouped("binomial"), ofTree(0, size), `the tree of ${size}`);
      t.equal(grouped("folded"), ofDoubling(size), `doubling with ${size}`);
      const once = Array.from({ length: size }, (_, rank) => rank);
      t.same(asked, [...once, ...once], "each is asked once, in order");
    }
  },
);
