import { label } from "./rows/osu.js";
import { figure } from "./table.js";

const SMALL = ["object", 8];
const MEMORY = "shared memory";
/** Limits of the ratio to mpi4py on Open MPI, by the number of ranks. */
const MATRIX = [
  ...[
    ["osu_latency", ...SMALL],
    ["osu_latency", "array", 8],
  ].map((cell) => [...cell, { 2: 1 }]),
  ...[2 ** 20, 2 ** 24].map((bytes) => ["osu_bw", "array", bytes, { 2: 1 }]),
  ["osu_barrier", "none", 0, { 2: 1.5, 8: 1, 32: 0.7 }],
  ...["osu_bcast", "osu_reduce", "osu_allreduce", "osu_gather", "osu_alltoall"].map((row) => [
    ...[row, ...SMALL],
    { 2: 1.5, 8: 1, 32: 0.7 },
  ]),
  ...["osu_bcast", "osu_allreduce"].map((row) => [row, "array", 2 ** 20, { 2: 1, 8: 1, 32: 1 }]),
].map(([row, kind, bytes, limits]) => ({ row, kind, bytes, limits, peer: MEMORY }));
const STARTS = [
  ["Node 20", { 2: 0.8, 8: 0.7, 32: 0.7, 96: 0.6 }],
  ["Node 24", { 2: 0.5, 8: 0.4, 32: 0.4, 96: 0.3 }],
].map(([kind, limits]) => ({ row: "start", kind, limits, peer: "mpirun + mpi4py" }));
const RANKS = [2, 8, 32, 96];

/**
 * The ratios that have a limit between ranks of a host, each beside it, as a table in Markdown. Above it: bold.
 *
 * @param {readonly import("./statistics.js").Line[]} lines
 * @returns {string}
 */
export function wantedTable(lines) {
  const body = [...MATRIX, ...STARTS].map(({ row, kind, bytes, limits, peer }) => [
    row === "start"
      ? `start, reduce, exit, ${kind}`
      : [row, kind === "none" ? [] : label(kind, bytes)].flat().join(", "),
    ...RANKS.map((ranks) => {
      if (!(ranks in limits)) return "";
      const found = lines.find(
        ({ at }) =>
          at?.row === row &&
          at.kind === kind &&
          at.ranks === ranks &&
          at.peer === peer &&
          (row === "start" || at.bytes === bytes),
      );
      if (found?.ratio === undefined) return `not measured (${limits[ranks]})`;
      const ratio = figure(found.ratio);
      return `${found.ratio > limits[ranks] ? `**${ratio}**` : ratio} (${limits[ranks]})`;
    }),
  ]);
  const head = ["ours / mpi4py, shared memory (wanted at most)", ...RANKS.map((ranks) => `${ranks} ranks`)];
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
