import { resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");
export const TSMPIRUN = resolve(ROOT, "bin/tsmpirun.js");
export const RESULTS = resolve(ROOT, "bench/results");

/**
 * @param {string} name of a file in bench/programs
 */
export function programPath(name) {
  return resolve(ROOT, "bench/programs", name);
}
