import { curves } from "./curves.js";
import { OSU_ROWS } from "./osu-plan.js";
import { size } from "./rows/osu.js";

/** The curves beside ours. */
const CURVES = {
  "shared memory": "mpi4py, shared memory",
  tcp: "mpi4py, tcp",
  "bare zeromq.js": "bare zeromq.js",
  memcpy: "memcpy",
};
const MICROSECONDS = 1e-6;

/**
 * Every drawing that lines allow: a row's times over the size of arrays, one for each number of ranks; over the
 * number of ranks, where there is no size.
 *
 * @param {readonly import("./statistics.js").Line[]} lines
 * @returns {{ row: string, name: string, title: string, svg: string }[]}
 */
export function drawings(lines) {
  const measured = lines.filter((line) => line.at !== undefined && line.ours !== undefined);
  const osu = OSU_ROWS.flatMap((row) => {
    const mine = measured.filter(({ at }) => at.row === row);
    const arrays = mine.filter(({ at }) => at.kind === "array");
    const perRanks = [...new Set(arrays.map(({ at }) => at.ranks))].sort((a, b) => a - b);
    const overSizes = perRanks.map((ranks) => {
      const some = arrays.filter(({ at }) => at.ranks === ranks);
      const options = { axis: `size of an array, ${ranks} ranks`, tick: size };
      return drawing(row, `${row}-${ranks}.svg`, `${row}, ${ranks} ranks`, some, "bytes", options);
    });
    const empty = mine.filter(({ at }) => at.kind === "none");
    return [...overSizes, drawing(row, `${row}.svg`, row, empty, "ranks", { axis: "ranks" })];
  });
  return [...osu, ...starts(measured)].filter((picture) => picture !== undefined);
}

/** @returns undefined when there are too few points for a curve */
function drawing(row, name, title, lines, key, options) {
  const points = (list, side) =>
    list
      .map((line) => ({ size: line.at[key], seconds: line[side] * MICROSECONDS }))
      .sort((a, b) => a.size - b.size);
  const by = (peer) => lines.filter(({ at }) => at.peer === peer);
  const peers = Object.keys(CURVES).filter((peer) => by(peer).length > 0);
  if (peers.length === 0) return undefined;
  const ours = { name: "tsmpi", points: points(by(peers[0]), "ours") };
  if (ours.points.length < 2) return undefined;
  const theirs = peers.map((peer) => ({ name: CURVES[peer], points: points(by(peer), "theirs") }));
  return { row, name, title, svg: curves([ours, ...theirs], { title, small: true, ...options }) };
}

function starts(measured) {
  const lines = measured.filter(({ at }) => at.row === "start");
  const kinds = [...new Set(lines.map(({ at }) => at.kind))];
  return kinds.flatMap((kind) => {
    const mine = lines.filter(({ at }) => at.kind === kind);
    const peers = [...new Set(mine.map(({ at }) => at.peer))];
    const points = (peer, side) =>
      mine
        .filter(({ at }) => at.peer === peer)
        .map((line) => ({ size: line.at.ranks, seconds: line[side] }))
        .sort((a, b) => a.size - b.size);
    const ours = points(peers[0], "ours");
    if (ours.length < 2) return [];
    const rows = [
      { name: "tsmpirun", points: ours },
      ...peers.map((peer) => ({ name: peer, points: points(peer, "theirs") })),
    ];
    const title = `Start and end of ranks, ${kind}`;
    const name = `start-${kind.toLowerCase().replace(" ", "-")}.svg`;
    return [{ row: "start", name, title, svg: curves(rows, { title, axis: `ranks, ${kind}`, small: true }) }];
  });
}
