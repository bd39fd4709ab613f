/** Counts of the v-variants: what is taken, and what is said of what is not. */
import assert from "node:assert/strict";
import { dimsCreate, MAX, SUM, type Communicator } from "tsmpi";
import { rejects, throws } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

/** A call that TypeScript refuses. */
type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>;

const loose = (comm: Communicator) => comm as unknown as Loose;

/** 0, 1, 2, … for the ranks. */
const rising = (size: number) => Int32Array.from({ length: size }, (_, rank) => rank);
const sumOf = (counts: Int32Array) => counts.reduce((sum, count) => sum + count, 0);

await spmd(import.meta.url, [1, 2, 3, 5], {
  "reduceScatter takes counts in a typed array (39)": async (comm) => {
    const counts = rising(comm.size).map((count) => count + 1);
    const array = Float64Array.from({ length: sumOf(counts) }, (_, i) => i);
    const piece = await comm.reduceScatter(array, counts, SUM);
    const begin = sumOf(counts.subarray(0, comm.rank));
    assert.deepEqual(
      piece,
      array.subarray(begin, begin + comm.rank + 1).map((x) => x * comm.size),
    );
    const plain = await comm.reduceScatter([...array], counts, MAX);
    assert.deepEqual(plain, [...array].slice(begin, begin + comm.rank + 1));
  },

  "scatterv takes counts in a typed array, and gives pieces of its array's type (39)": async (comm) => {
    const counts = rising(comm.size);
    const array = Float64Array.from({ length: sumOf(counts) }, (_, i) => i);
    const piece = await comm.scatterv(array, { counts });
    assert.deepEqual(
      piece,
      array.slice(array.length - sumOf(counts.subarray(comm.rank))).subarray(0, comm.rank),
    );
  },

  "counts that are none are ERR_ARG on every rank and say what to write": async (comm) => {
    const { size } = comm;
    const call = loose(comm);
    const array = new Float64Array(size);
    const ones = size > 4 ? "\\[…\\]" : `\\[${new Array(size).fill(1).join(", ")}\\]`;
    const told = async (promise: Promise<unknown>, what: string, how: string) => {
      const { message } = await rejects(promise, "ERR_ARG");
      assert.match(message, new RegExp(`counts is ${what}; pass a list of ${size} whole numbers`));
      assert.match(message, new RegExp(how));
    };
    const whole = `reduceScatter\\(array, ${ones}, SUM\\)`;
    await told(call["reduceScatter"]!(array, SUM), "the operation SUM", whole);
    await told(call["reduceScatter"]!(array, undefined, SUM), "undefined", whole);
    await told(call["reduceScatter"]!(array, null), "null", whole);
    await told(call["scatterv"]!(array, { counts: 2 }), "2", `scatterv\\(array, { counts: ${ones} }\\)`);
    assert.equal(await comm.allreduce(1), size, "and every rank is still in step");
  },

  "counts that do not fit are ERR_COUNT on every rank": async (comm) => {
    const call = loose(comm);
    const array = new Float64Array(comm.size);
    for (const counts of [
      new Int32Array(comm.size),
      BigInt64Array.from({ length: comm.size }, () => 1n),
      Float64Array.from({ length: comm.size }, () => 1.5),
      new Int32Array(comm.size + 1),
      new Array(comm.size).fill("1"),
      new Array(comm.size).fill(1n),
    ]) {
      await rejects(call["reduceScatter"]!(array, counts, SUM), "ERR_COUNT");
      const { message } = await rejects(call["scatterv"]!(array, { counts }), "ERR_COUNT");
      assert.match(message, /must be \d whole numbers that add up to the array's length \d/);
    }
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "what is no array is ERR_TYPE": async (comm) => {
    const call = loose(comm);
    await rejects(call["reduceScatter"]!(undefined, [1], SUM), "ERR_TYPE");
    await rejects(call["reduceScatter"]!(1, [1], SUM), "ERR_TYPE");
    assert.equal(await comm.allreduce(1), comm.size);
  },

  "dimsCreate says what is missing, and takes typed arrays (51)": () => {
    const call = dimsCreate as unknown as (...args: unknown[]) => number[];
    assert.match(throws(() => call(6), "ERR_DIMS").message, /dims is undefined; .* dimsCreate\(6, 2\)/);
    assert.match(throws(() => call(6, "2"), "ERR_DIMS").message, /dims is "2"/);
    assert.match(throws(() => call(6, ["2", 0]), "ERR_DIMS").message, /dimension "2" is not/);
    assert.match(throws(() => call(), "ERR_DIMS").message, /undefined ranks/);
    assert.deepEqual(dimsCreate(6, Int32Array.of(0, 2)), [3, 2]);
  },
});
