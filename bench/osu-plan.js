/** What the osu rows measure: rows, sizes and times. */

/** Bytes. An object of 8 B is `{a: 1}`, one of 4 KiB has a text as long as that. */
const SIZES = { object: [8, 4096], array: [8, 1024, 65_536, 2 ** 20, 2 ** 24] };
const QUICK_SIZES = { object: [8], array: [8, 65_536] };
const FEW_SIZES = { object: [8], array: [8, 65_536, 2 ** 20] };
/** A size is left out where a rank would hold more than this in one call: what OSU's own programs do. */
const MOST_BYTES = 64 * 2 ** 20;
/** From as many ranks on few sizes. */
const MANY = 64;

/**
 * Milliseconds to warm up a row (the first of a job three times as long), to warm up a size of it, and to measure that, by
 * the number of ranks: until V8 has compiled what a call runs through, which ranks that share cores wait for together.
 */
const TIMES = [
  { upTo: 2, warmUp: 500, sizeWarmUp: 250, milliseconds: 80 },
  { upTo: 8, warmUp: 1000, sizeWarmUp: 250, milliseconds: 100 },
  { upTo: 32, warmUp: 4000, sizeWarmUp: 250, milliseconds: 60 },
  { upTo: Infinity, warmUp: 2500, sizeWarmUp: 250, milliseconds: 60 },
];
const QUICK_TIMES = { warmUp: 50, sizeWarmUp: 8, milliseconds: 15 };

/** Which numbers of ranks a row is for, how many times its size a rank holds, and with which others it shares a job. */
const pair = { fits: (ranks) => ranks === 2, held: () => 1, group: "pairs" };
const pairs = { ...pair, fits: (ranks) => ranks % 2 === 0, group: "exchanges" };
const one = { fits: () => true, held: () => 1, group: "trees" };
const all = { fits: () => true, held: (ranks) => ranks, group: "exchanges" };
const ROWS = {
  osu_latency: pair,
  osu_bw: pair,
  osu_bibw: pairs,
  osu_mbw_mr: pairs,
  osu_barrier: { ...one, empty: true },
  osu_bcast: one,
  osu_reduce: one,
  osu_allreduce: one,
  osu_gather: all,
  osu_scatter: all,
  osu_allgather: all,
  osu_alltoall: all,
};
export const OSU_ROWS = Object.keys(ROWS);
/** A bandwidth of both directions at once says little beside the others. */
export const USUAL_ROWS = OSU_ROWS.filter((row) => row !== "osu_bibw");

/** What a row wants of ours / theirs. Between ranks of a host memory is the measure; tcp is what has none. */
export const WANTED = { "shared memory": 1, tcp: 0.7 };

/**
 * The jobs to run: rows that are measured one after the other by one program.
 *
 * @param {number} ranks
 * @param {readonly string[]} rows
 * @param {boolean} quick
 * @returns {{ group: string, plan: { rows: { row: string, sizes: Record<string, number[]> }[] } }[]}
 */
export function jobs(ranks, rows, quick) {
  const times = quick ? QUICK_TIMES : TIMES.find(({ upTo }) => ranks <= upTo);
  const sizes = quick ? QUICK_SIZES : ranks >= MANY ? FEW_SIZES : SIZES;
  const fitting = rows.filter((row) => ROWS[row].fits(ranks));
  return [...new Set(fitting.map((row) => ROWS[row].group))].map((group) => {
    const together = fitting.filter((row) => ROWS[row].group === group);
    return {
      group,
      plan: { rows: together.map((row) => ({ row, sizes: sizesOf(row, ranks, sizes) })), ...times },
    };
  });
}

function sizesOf(row, ranks, { object, array }) {
  const { held, empty } = ROWS[row];
  if (empty) return { object: [0] };
  const fitting = (list) => list.filter((bytes) => bytes * held(ranks) <= MOST_BYTES);
  return { object: fitting(object), array: fitting(array) };
}
