// reduce.js with marks: each rank writes a line to the file named by TSMPI_BENCH_MARKS when it ends.
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";

const marks = [mark("script")];
const { world } = await import("tsmpi");
marks.push(mark("library"));
createRequire(import.meta.url)("zeromq"); // the same as the library loads for its first message
marks.push(mark("zeromq"));
const sum = await world.reduce(world.rank);
marks.push(mark("reduced"));
if (sum !== undefined) console.log(sum);
process.on("exit", () => {
  marks.push(mark("exit"));
  const line = { rank: world.rank, origin: performance.timeOrigin, marks };
  appendFileSync(process.env.TSMPI_BENCH_MARKS, `${JSON.stringify(line)}\n`);
});

/** Milliseconds since 1970, and of CPU since this process began. */
function mark(name) {
  const { user, system } = process.cpuUsage();
  return { name, at: performance.timeOrigin + performance.now(), cpu: (user + system) / 1e3 };
}
