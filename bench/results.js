import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What one part of the benchmarks measured.
 *
 * @typedef {object} Result
 * @property {string} date
 * @property {string} what the part, as in `osu-8`
 * @property {number} rounds
 * @property {string | null} lanes null for those that ranks speak on by default
 * @property {ReturnType<import("./machine.js").describeMachine>} machine
 * @property {Record<string, string>} peers versions
 * @property {import("./statistics.js").Line[]} lines
 */

/**
 * Writes <date>-<what>.json, or osu-<ranks>.json for the many rows of that name; a second run on the same
 * day replaces the first.
 *
 * @param {string} directory
 * @param {Result} result
 * @returns {string} the file's path
 */
export function writeResult(directory, result) {
  const day = result.what.startsWith("osu") ? "" : `${result.date.slice(0, 10)}-`;
  const lanes = result.lanes === null ? "" : `-${result.lanes.replaceAll(",", "+")}`;
  const path = join(directory, `${day}${result.what}${lanes}.json`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 1)}\n`);
  return path;
}

/**
 * All results of a directory that were taken on some lanes, the oldest first.
 *
 * @param {string} directory
 * @param {string | null} lanes
 * @returns {Result[]}
 */
export function readResults(directory, lanes) {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")))
    .filter((result) => (result.lanes ?? null) === lanes)
    .sort((a, b) => a.date.localeCompare(b.date));
}
