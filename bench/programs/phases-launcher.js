// bin/tsmpirun.js with marks: `phases-launcher.js ARGUMENTS…` writes them to the file named by TSMPI_BENCH_MARKS.
import { appendFileSync } from "node:fs";

const marks = { script: now() };
const { main } = await import("../../dist/tsmpirun.js");
marks.loaded = now();
const code = await main(process.argv.slice(2));
marks.ended = now();
const { user, system } = process.cpuUsage();
const line = { launcher: { origin: performance.timeOrigin, ...marks, cpu: (user + system) / 1e3 } };
appendFileSync(process.env.TSMPI_BENCH_MARKS, `${JSON.stringify(line)}\n`);
process.exit(code);

/** Milliseconds since 1970. */
function now() {
  return performance.timeOrigin + performance.now();
}
