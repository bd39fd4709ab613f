/** Curves over the number of ranks, both axes logarithmic, as plain SVG. */

const WIDTH = 960;
const HEIGHT = 560;
const PLOT = { left: 70, top: 30, right: 660, bottom: 500 };
const COLOURS = ["#1b6ca8", "#c8553d", "#4f772d", "#7b2d8b", "#b8860b", "#2a9d8f", "#8d5524", "#555555"];

/**
 * @param {readonly { name: string, points: readonly { size: number, seconds: number }[] }[]} rows
 * @returns {string} the file
 */
export function curves(rows) {
  const shown = rows.map(({ name, points }) => ({
    name,
    points: points.filter(({ seconds }) => seconds > 0),
  }));
  const all = shown.flatMap(({ points }) => points);
  const sizes = all.map(({ size }) => size);
  const times = all.map(({ seconds }) => seconds);
  const last = Math.max(...sizes);
  const low = Math.floor(Math.log10(Math.min(...times)));
  const high = Math.ceil(Math.log10(Math.max(...times)));
  const x = (size) => PLOT.left + ((PLOT.right - PLOT.left) * Math.log2(size)) / Math.log2(last);
  const y = (seconds) =>
    PLOT.bottom - ((PLOT.bottom - PLOT.top) * (Math.log10(seconds) - low)) / (high - low);

  const parts = [];
  for (let size = 1; size <= last; size *= 4) {
    parts.push(
      line(x(size), PLOT.top, x(size), PLOT.bottom),
      label(x(size), PLOT.bottom + 20, size, "middle"),
    );
  }
  for (let power = low; power <= high; power++) {
    const height = y(10 ** power);
    parts.push(
      line(PLOT.left, height, PLOT.right, height),
      label(PLOT.left - 8, height + 4, duration(power), "end"),
    );
  }
  parts.push(label((PLOT.left + PLOT.right) / 2, HEIGHT - 12, "ranks", "middle"));
  for (const [index, { name, points }] of shown.entries()) {
    const colour = COLOURS[index % COLOURS.length];
    const dash = index >= COLOURS.length ? ' stroke-dasharray="6 4"' : "";
    const path = points
      .map(({ size, seconds }) => `${x(size).toFixed(1)},${y(seconds).toFixed(1)}`)
      .join(" ");
    const height = PLOT.top + 12 + index * 26;
    parts.push(
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
      `<line x1="690" y1="${height}" x2="720" y2="${height}" stroke="${colour}" stroke-width="2"${dash}/>`,
      label(728, height + 4, name, "start"),
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<title>Modelled time of collectives over the number of ranks</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${parts.join("\n")}
</svg>
`;
}

function line(x1, y1, x2, y2) {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#dddddd"/>`;
}

function label(x, y, text, anchor) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
}

/** 10^power seconds. */
function duration(power) {
  const units = [
    [0, "s"],
    [-3, "ms"],
    [-6, "µs"],
  ];
  const [unit, name] = units.find(([from]) => power >= from) ?? units[2];
  return `${10 ** (power - unit)} ${name}`;
}
