/** Ranks whose values do not fit each other get an error, whatever algorithm each of them has chosen. */
import { Combiner, allreduce, createOp, operations, reduce, type Channel } from "@tsmpi/runtime/testing";
import t from "tap";
import { attempt } from "../support/channels.js";

/** What a rank may pass by mistake; the first is what is meant. */
const KINDS: Readonly<Record<string, () => unknown>> = {
  long: () => new Float64Array(64).fill(1),
  short: () => new Float64Array(8).fill(1),
  longer: () => new Float64Array(65).fill(1),
  ints: () => new Int32Array(128).fill(1),
  unsendable: () => () => undefined,
  number: () => 1,
};
const NAMES = Object.keys(KINDS);
const force = { halvingFrom: 256 };

/** All ways to give each of `size` ranks one of the first `kinds` kinds. */
function* assignments(size: number, kinds: number): Generator<string[]> {
  for (let code = 0; code < kinds ** size; code++) {
    yield Array.from({ length: size }, (_, rank) => NAMES[Math.floor(code / kinds ** rank) % kinds]!);
  }
}

/** A few ranks of many pass something else. */
function* strays(size: number): Generator<string[]> {
  for (let stray = 0; stray < size; stray++) {
    for (const name of NAMES.slice(1)) {
      const names = new Array<string>(size).fill(NAMES[0]!);
      names[stray] = name;
      yield names;
      yield names.map((own, rank) => (rank > stray ? name : own));
      yield names.map((own, rank) => (rank % 3 === stray % 3 ? name : own));
    }
  }
}

const combinerOf = (kind: string) => new Combiner<unknown>(operations.SUM, KINDS[kind]!());
const isRight = (names: readonly string[]) => new Set(names).size === 1 && names[0] !== "unsendable";

function* cases(): Generator<string[]> {
  for (const size of [2, 3]) yield* assignments(size, 6);
  yield* assignments(4, 4);
  yield* assignments(5, 3);
  for (const size of [5, 6, 7, 8, 9, 13]) yield* strays(size);
}

const isStuck = (result: PromiseSettledResult<unknown>) =>
  result.status === "rejected" && String(result.reason).includes("waits for ever");

t.test("allreduce of values that do not fit rejects on every rank (44)", async (t) => {
  for (const names of cases()) {
    const { results } = await attempt(
      names.length,
      (channel: Channel) => allreduce(channel, combinerOf(names[channel.rank]!)),
      { force },
    );
    const wanted = isRight(names) ? "fulfilled" : "rejected";
    if (results.every((result) => result.status === wanted && !isStuck(result))) continue;
    t.fail(names.join(" "), { results });
  }
});

t.test("reduce of values that do not fit rejects at the root, and nobody waits for ever (44)", async (t) => {
  for (const names of cases()) {
    for (const root of new Set([0, 1, names.length - 1])) {
      const { results } = await attempt(
        names.length,
        (channel: Channel) => reduce(channel, combinerOf(names[channel.rank]!), root),
        { force },
      );
      const wanted = isRight(names) ? "fulfilled" : "rejected";
      if (results[root]!.status === wanted && !results.some(isStuck)) continue;
      t.fail(`${names.join(" ")}, root ${root}`, { results });
    }
  }
});

t.test("an operation that throws on one rank, in any round, reaches whoever needs its result", async (t) => {
  for (const size of [1, 2, 3, 4, 5, 8, 11]) {
    for (let culprit = 0; culprit < size; culprit++) {
      for (let call = 0; call < 4; call++) {
        const combiner = (rank: number) => {
          let calls = 0;
          const add = (a: Float64Array, b: Float64Array) => {
            if (rank === culprit && calls++ === call) throw new Error("overflow");
            return a.map((x, i) => x + b[i]!);
          };
          const op = createOp(add, { elementwise: true, name: "add" });
          return { combiner: new Combiner(op, new Float64Array(64).fill(1)), thrown: () => calls > call };
        };
        for (const root of [undefined, 0, size - 1]) {
          const made = Array.from({ length: size }, (_, rank) => combiner(rank));
          const { results } = await attempt<unknown>(
            size,
            (channel) => {
              const mine = made[channel.rank]!.combiner;
              return root === undefined ? allreduce(channel, mine) : reduce(channel, mine, root);
            },
            { force },
          );
          const wanted = made.some(({ thrown }) => thrown()) ? "rejected" : "fulfilled";
          const concerned = root === undefined ? results : [results[root]!];
          if (concerned.every((result) => result.status === wanted) && !results.some(isStuck)) continue;
          t.fail(`${size} ranks, rank ${culprit}, call ${call}, root ${root}`, { results });
        }
      }
    }
  }
});

t.test("an operation that only claims to work element by element is found out", async (t) => {
  for (const size of [2, 3, 6]) {
    const op = createOp((a: Float64Array, b: Float64Array) => Float64Array.of(a[0]! + b[0]!), {
      elementwise: true,
      name: "first",
    });
    const { results } = await attempt(
      size,
      (channel) => allreduce(channel, new Combiner(op, new Float64Array(64))),
      { force },
    );
    for (const result of results) t.match(result, { status: "rejected", reason: { code: "ERR_OP" } });
  }
});
