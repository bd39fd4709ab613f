// Compiles and runs the tests: all of them, or those whose path contains one of the arguments.
// Last line: "N passed, N failed", a failure being an assertion or a test that did not finish.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isStale } from "./stale.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const wanted = process.argv.slice(2);

if (isStale()) run(process.execPath, ["scripts/build.js"]);
const folder = join(root, "build/test");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.js") && existsSync(join(root, "test", name.replace(/js$/, "ts"))))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
  .map((name) => join("build/test", name));
if (files.length === 0) {
  console.error(`no test has ${wanted.join(" or ")} in its path`);
  process.exit(1);
}

const tap = join(dirname(require.resolve("tap/package.json")), "dist/esm/run.mjs");
const reporter = process.stdout.isTTY ? [] : ["--reporter=terse"];
const suite = spawn(process.execPath, ["scripts/suite.js", ...files], {
  cwd: root,
  stdio: ["inherit", "pipe", "inherit"],
});
const child = spawn(process.execPath, [tap, ...reporter, "--timeout=0", "-"], {
  cwd: root,
  stdio: [suite.stdout, "pipe", "inherit"],
});
let tail = "";
child.stdout.on("data", (chunk) => {
  process.stdout.write(chunk);
  tail = (tail + chunk).slice(-20_000);
});
const ended = Promise.all([
  new Promise((resolve) => suite.once("exit", resolve)),
  new Promise((resolve) => child.once("close", resolve)),
]);
// If one breaks off, the other would wait for the rest.
child.once("close", () => suite.kill());
suite.once("exit", (code) => code === 0 || code === 1 || child.kill());
const code = (await ended).every((one) => one === 0) ? 0 : 1;
// tap's own line counts what it has run itself: nothing.
const summaries = [...tail.matchAll(/^# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?/gm)];
const [, , passed = 0, wrong = 0] = summaries.find(([, total]) => total !== "0") ?? [];
console.log(`${passed} passed, ${Math.max(Number(wrong), code)} failed`);
process.exit(code);

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
