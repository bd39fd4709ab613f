// Whether the build is older than what it is made of.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** True when some source is younger than the build. */
export function isStale() {
  const built = join(root, "build/test.tsbuildinfo");
  if (!existsSync(built) || !existsSync(join(root, "dist/tsmpi.js"))) return true;
  const since = statSync(join(root, "dist/tsmpi.js")).mtimeMs;
  return ["packages", "test", "examples", "scripts"].some((name) => youngest(join(root, name)) > since);
}

function youngest(path) {
  return Math.max(
    0,
    ...readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|json)$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
      .map((name) => statSync(join(path, name)).mtimeMs),
  );
}
