import { median } from "./statistics.js";
/** @import { Line } from "./statistics.js" */

const HEAD = ["row", "ours", "theirs", "ratio", "spread", "wanted", "ok?"];

/**
 * The figures as a Markdown table.
 *
 * @param {readonly Line[]} lines
 */
export function table(lines) {
  return markdown([HEAD, ...lines.map(cells)]);
}

/**
 * @param {readonly (readonly string[])[]} rows the head first
 */
export function markdown(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const [head, ...body] = rows.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body].join("\n");
}

/** Beyond this the first batch and the last say that the warm-up was too short. */
const LEVEL = 1.25;

/**
 * Whether the times had levelled off when they were taken: the first batch after the warm-up beside the last.
 *
 * @param {readonly Line[]} lines
 * @returns {string} nothing for rows that have no batches
 */
export function levelled(lines) {
  const measured = lines.filter(({ levelled }) => levelled?.ours && levelled.theirs);
  if (measured.length === 0) return "";
  const side = (name) => {
    const drifts = measured.map(({ levelled }) => levelled[name]);
    return `${name} ${figure(median(drifts))} (${figure(Math.min(...drifts))} … ${figure(Math.max(...drifts))})`;
  };
  const late = measured.filter(({ levelled }) => Math.max(...Object.values(levelled)) > LEVEL);
  const named = late.map(
    ({ row, levelled: { ours, theirs } }) => `  ${row}: ${figure(ours)}, ${figure(theirs)}`,
  );
  return `first batch / last: ${side("ours")}, ${side("theirs")}; above ${LEVEL} in ${late.length} of ${measured.length} rows
${named.map((name) => `${name}\n`).join("")}`;
}

/** @param {Line} line */
function cells(line) {
  if ("missing" in line) return [line.row, "", line.missing, "", "", "", ""];
  const { row, unit, ours, theirs, ratio, spread, wanted, ok } = line;
  return [
    row,
    `${figure(ours)} ${unit}`,
    `${figure(theirs)} ${unit}`,
    figure(ratio),
    spread.map(figure).join(" … "),
    wanted === null ? "" : `≤ ${wanted}`,
    ok === null ? "" : ok ? "yes" : "NO",
  ];
}

/**
 * Three digits.
 *
 * @param {number} value
 */
export function figure(value) {
  return value >= 1000 ? value.toFixed(0) : value >= 0.1 ? value.toPrecision(3) : value.toPrecision(2);
}
