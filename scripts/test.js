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
const child = spawn(process.execPath, [tap, ...reporter, ...files], {
  cwd: root,
  stdio: ["inherit", "pipe", "inherit"],
});
let tail = "";
child.stdout.on("data", (chunk) => {
  process.stdout.write(chunk);
  tail = (tail + chunk).slice(-20_000);
});
child.on("close", (code) => {
  const summary = /\{ total: \d+(?:, pass: (\d+))?(?:, fail: (\d+))?/.exec(
    tail.slice(tail.lastIndexOf("# {")),
  );
  const failed = Number(summary?.[2] ?? 0);
  console.log(`${summary?.[1] ?? 0} passed, ${Math.max(failed, code === 0 ? 0 : 1)} failed`);
  process.exit(code ?? 1);
});

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
