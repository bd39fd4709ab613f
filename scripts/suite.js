// Runs test files, two at a time, and prints what they say as TAP: `node scripts/suite.js FILE…`, for test.js. tap gives
// every process that it starts loaders for coverage and mocks, by NODE_OPTIONS; they are not used here and cost a
// second a file, so `env` takes them away.
import t from "tap";

t.jobs = 2;
t.setTimeout(0); // of all together
const SECONDS = 600; // of one file; some give themselves more
const env = { ...process.env, TAP_TIMEOUT: String(SECONDS) };
for (const file of process.argv.slice(2)) {
  const words = ["-u", "NODE_OPTIONS", process.execPath, "--enable-source-maps", file];
  t.spawn("/usr/bin/env", words, { buffered: true, timeout: SECONDS * 1000, env }, file);
}
