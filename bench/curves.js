/** Curves with both axes logarithmic, as plain SVG. */

const COLOURS = ["#1b6ca8", "#c8553d", "#4f772d", "#7b2d8b", "#b8860b", "#2a9d8f", "#8d5524", "#555555"];

/** A page wide, on white. */
const LARGE = {
  ...{ width: 960, height: 560, left: 70, top: 30, right: 660, bottom: 500 },
  font: 'font-family="sans-serif" font-size="13"',
  style: "",
  background: 'fill="white"',
  grid: 'stroke="#dddddd"',
  colours: COLOURS,
  legend: 26,
};

/** Half a page wide, on whatever the page has behind it; readable on light and dark. */
const SMALL = {
  ...{ width: 580, height: 260, left: 58, top: 14, right: 370, bottom: 216 },
  font: 'font-family="sans-serif" font-size="11"',
  style: `<style>
text { fill: #333333 }
.grid { stroke: #d8d8d8 }
@media (prefers-color-scheme: dark) { text { fill: #dddddd } .grid { stroke: #484848 } }
</style>
`,
  background: 'fill="none"',
  grid: 'class="grid"',
  colours: ["#2f8fd8", "#e0663f", "#9a6bd0", "#55a046", "#a8862a"],
  legend: 20,
};

/**
 * @param {readonly { name: string, points: readonly { size: number, seconds: number }[] }[]} rows
 * @param {{ title?: string, axis?: string, small?: boolean, tick?: (size: number) => string }} [options] `axis` says
 *   what a size is; `tick` how it is written
 * @returns {string} the file
 */
export function curves(
  rows,
  {
    title = "Modelled time of collectives over the number of ranks",
    axis = "ranks",
    small = false,
    tick = String,
  } = {},
) {
  const layout = small ? SMALL : LARGE;
  const { width, height, left, top, right, bottom, grid, colours, legend } = layout;
  const shown = rows.map(({ name, points }) => ({
    name,
    points: points.filter(({ seconds }) => seconds > 0),
  }));
  const all = shown.flatMap(({ points }) => points);
  const sizes = all.map(({ size }) => size);
  const times = all.map(({ seconds }) => seconds);
  const first = small ? Math.min(...sizes) : 1;
  const last = Math.max(...sizes, 2 * first);
  const low = Math.floor(Math.log10(Math.min(...times)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...times))), low + 1);
  const x = (size) => left + ((right - left) * Math.log2(size / first)) / Math.log2(last / first);
  const y = (seconds) => bottom - ((bottom - top) * (Math.log10(seconds) - low)) / (high - low);
  const line = (x1, y1, x2, y2) =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${grid}/>`;

  const parts = [];
  const ticks = small ? [...new Set(sizes)].sort((a, b) => a - b) : powersOfFour(last);
  for (const size of ticks) {
    parts.push(
      line(x(size), top, x(size), bottom),
      label(x(size), bottom + (small ? 16 : 20), tick(size), "middle"),
    );
  }
  for (let power = low; power <= high; power++) {
    const at = y(10 ** power);
    parts.push(line(left, at, right, at), label(left - 8, at + 4, duration(power), "end"));
  }
  parts.push(label((left + right) / 2, height - 12, axis, "middle"));
  for (const [index, { name, points }] of shown.entries()) {
    const colour = colours[index % colours.length];
    const dash = index >= colours.length ? ' stroke-dasharray="6 4"' : "";
    const path = points
      .map(({ size, seconds }) => `${x(size).toFixed(1)},${y(seconds).toFixed(1)}`)
      .join(" ");
    const at = top + 12 + index * legend;
    const stroke = `stroke="${colour}" stroke-width="2"${dash}`;
    const [from, to] = small ? [right + 14, right + 34] : [right + 30, right + 60];
    parts.push(
      `<polyline points="${path}" fill="none" ${stroke}/>`,
      ...(small ? points.map((point) => dot(x(point.size), y(point.seconds), colour)) : []),
      `<line x1="${from}" y1="${at}" x2="${to}" y2="${at}" ${stroke}/>`,
      label(to + 8, at + 4, name, "start"),
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${layout.font}>
<title>${escaped(title)}</title>
${layout.style}<rect width="${width}" height="${height}" ${layout.background}/>
${parts.join("\n")}
</svg>
`;
}

function powersOfFour(last) {
  const powers = [];
  for (let size = 1; size <= last; size *= 4) powers.push(size);
  return powers;
}

function dot(x, y, colour) {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.5" fill="${colour}"/>`;
}

function label(x, y, text, anchor) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function escaped(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** 10^power seconds. */
function duration(power) {
  const units = [
    [0, "s"],
    [-3, "ms"],
    [-6, "µs"],
    [-9, "ns"],
  ];
  const [unit, name] = units.find(([from]) => power >= from) ?? units[3];
  return `${10 ** (power - unit)} ${name}`;
}
