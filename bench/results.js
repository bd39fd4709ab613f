import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS } from "./paths.js";

/**
 * Writes bench/results/<date>-<what>.json, or osu.json for the many rows of that name; a second run on the same
 * day replaces the first.
 *
 * @param {{ date: string, what: string }} result
 * @returns {string} the file's path
 */
export function writeResult(result) {
  const day = result.what === "osu" ? "" : `${result.date.slice(0, 10)}-`;
  const path = join(RESULTS, `${day}${result.what}.json`);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}
