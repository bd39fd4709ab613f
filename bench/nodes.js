import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CACHE = join(tmpdir(), "tsmpi-bench-node24");

/**
 * The Node of the npm package `node@24`, installed once into a directory of its own outside the repository.
 *
 * @returns {string | undefined} its path; undefined when it cannot be had
 */
export function node24() {
  if (process.versions.node.startsWith("24.")) return process.execPath;
  const platform = `node-${process.platform}-${process.arch}`;
  const binary = join(CACHE, "node_modules", platform, "bin/node");
  if (!existsSync(binary)) {
    // The package `node` fetches this one in an install script, which npm may have been told not to run.
    const install = ["install", "--prefix", CACHE, "--no-save", "--no-audit", "--no-fund", `${platform}@24`];
    spawnSync("npm", install, { stdio: ["ignore", "ignore", "inherit"] });
  }
  return existsSync(binary) ? binary : undefined;
}

/**
 * @param {string} node path of a Node
 * @returns {string} its version, as in `20.20.2`
 */
export function nodeVersion(node) {
  return spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim();
}
