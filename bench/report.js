import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawings } from "./drawings.js";
import { OSU_ROWS, WANTED } from "./osu-plan.js";
import { ROOT } from "./paths.js";
import { label } from "./rows/osu.js";
import { figure, table } from "./table.js";
import { wantedTable } from "./wanted.js";

const PAGE = join(ROOT, "docs/benchmarks.md");
const DRAWINGS = join(ROOT, "docs/benchmarks");
const BY_HAND = { begin: "<!-- by hand: kept when the page is made anew -->", end: "<!-- end -->" };

/** The columns beside ours, in the order of the page. */
const PEERS = ["shared memory", "tcp", "bare zeromq.js", "memcpy"];

/**
 * Makes docs/benchmarks.md and docs/benchmarks/*.svg from results. What stands between the marks in the old page is kept.
 *
 * @param {readonly import("./results.js").Result[]} results the oldest first: a row's newest figures count
 * @returns {string[]} the files written
 */
export function writeReport(results) {
  const newest = new Map();
  for (const result of results) for (const line of result.lines) newest.set(line.row, { line, result });
  const lines = [...newest.values()].map(({ line }) => line);
  const used = results.filter((result) => [...newest.values()].some((entry) => entry.result === result));
  const pictures = drawings(lines);
  mkdirSync(DRAWINGS, { recursive: true });
  const files = pictures.map(({ name, svg }) => {
    const path = join(DRAWINGS, name);
    writeFileSync(path, svg);
    return path;
  });
  writeFileSync(PAGE, page(lines, used, pictures));
  return [...files, PAGE];
}

function page(lines, results, pictures) {
  const rest = lines.filter(({ at }) => at === undefined || at.row === "start");
  const chapters = OSU_ROWS.map((row) => chapter(row, lines, pictures)).filter((text) => text !== "");
  return `# Benchmarks

Made by \`npm run bench -- --report\` from the samples in \`bench/results/\`; [bench/README.md](../bench/README.md)
in the repository says what is measured and how. Figures are medians over the rounds of a run in which ours and theirs took turns. A ratio
is ours / theirs, the median of the rounds' ratios: below 1 ours is faster. **Bold** ratios are above what is wanted.

## What is wanted of ranks of one host

${wantedTable(lines)}

${BY_HAND.begin}
${handwritten()}
${BY_HAND.end}

## Messages and collectives

Times in µs, of one message or one call, the mean over the ranks. Theirs is mpi4py on Open MPI, by shared memory and by
tcp on the same host; between two ranks also bare zeromq.js sockets and one copy in memory.
Wanted: ≤ ${WANTED["shared memory"]} of shared memory, ≤ ${WANTED.tcp} of tcp.

${chapters.length === 0 ? "Not measured yet.\n" : chapters.join("\n")}
## Start, kernels, ping-pong, hosts

${pictures
  .filter(({ row }) => row === "start")
  .map(image)
  .join("\n")}

${table(rest)}

## Repeat it

    npm run bench -- --full                   # everything
    npm run bench -- --only osu --n 8         # a part: its results replace the part's older ones
    npm run bench -- --report                 # this page

Run it on a machine that does nothing else. What the figures above come from:

${origins(results)}
`;
}

/** What people wrote into the page, or a place for it. */
function handwritten() {
  const old = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const [begin, end] = [old.indexOf(BY_HAND.begin), old.indexOf(BY_HAND.end)];
  if (begin < 0 || end < begin) return "\n## What is not reached\n\nTo be said.\n";
  return old.slice(begin + BY_HAND.begin.length + 1, end - 1);
}

/** One row: its curves, and a table of sizes by numbers of ranks. */
function chapter(row, lines, pictures) {
  const mine = lines.filter(({ at }) => at?.row === row);
  if (mine.length === 0) return "";
  const peers = PEERS.filter((peer) => mine.some(({ at }) => at.peer === peer));
  const columns = [
    "ranks",
    "data",
    "ours",
    ...peers.flatMap((peer) => [peer in WANTED ? `mpi4py, ${peer}` : peer, "ratio"]),
  ];
  const keys = [
    ...new Set(mine.map(({ at: { ranks, kind, bytes } }) => JSON.stringify([ranks, kind, bytes]))),
  ]
    .map((key) => JSON.parse(key))
    .sort(([ranksA, kindA, bytesA], [ranksB, kindB, bytesB]) =>
      ranksA !== ranksB ? ranksA - ranksB : kindA !== kindB ? (kindA > kindB ? -1 : 1) : bytesA - bytesB,
    );
  const body = keys.map(([ranks, kind, bytes]) => {
    const of = (peer) =>
      mine.find(({ at }) => at.ranks === ranks && at.kind === kind && at.bytes === bytes && at.peer === peer);
    const measured = peers.map(of).find((line) => line?.ours !== undefined);
    const data = kind === "none" ? "" : label(kind, bytes);
    return [ranks, data, measured ? figure(measured.ours) : "", ...peers.flatMap((peer) => versus(of(peer)))];
  });
  const images = pictures.filter((picture) => picture.row === row).map(image);
  return `### ${row}

${images.length > 0 ? `${images.join("\n")}\n\n` : ""}${[columns, columns.map(() => "---"), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")}
`;
}

function versus(line) {
  if (line === undefined) return ["", ""];
  if ("missing" in line) return [line.missing, ""];
  const ratio = figure(line.ratio);
  return [figure(line.theirs), line.ok === false ? `**${ratio}**` : ratio];
}

function image({ name, title }) {
  return `![${title}](benchmarks/${name})`;
}

function origins(results) {
  const rows = results.map(({ what, date, rounds, lanes, machine, peers }) => {
    const { cpu, cores, memoryGiB, system, node, zeromq, loadBefore } = machine;
    return [
      ...[what, date.slice(0, 16).replace("T", " "), rounds, lanes ?? "by default"],
      `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}`,
      loadBefore.toFixed(1),
      `Node ${node}, zeromq.js ${zeromq}, Open MPI ${peers.openmpi}, mpi4py ${peers.mpi4py.replace(" ", " on Python ")}, Hydra ${peers.hydra}`,
    ];
  });
  const head = ["part", "date", "rounds", "lanes", "machine", "load before", "versions"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
