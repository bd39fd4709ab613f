/** @import { Line } from "./statistics.js" */

const HEAD = ["row", "ours", "theirs", "ratio", "spread", "wanted", "ok?"];

/**
 * The figures as a Markdown table.
 *
 * @param {readonly Line[]} lines
 */
export function table(lines) {
  const rows = [HEAD, ...lines.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const [head, ...body] = rows.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body].join("\n");
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

/** @param {number} value */
function figure(value) {
  return value >= 1000 ? value.toFixed(0) : value >= 0.1 ? value.toPrecision(3) : value.toPrecision(2);
}
