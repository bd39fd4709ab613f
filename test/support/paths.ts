/** Where things are, seen from a compiled test (build/test/…). */
import { resolve } from "node:path";

/** The repository's root. */
export const ROOT = resolve(import.meta.dirname, "../../..");
export const TSMPIRUN = resolve(ROOT, "bin/tsmpirun.js");
export const EXAMPLES = resolve(ROOT, "examples");
/** Tiny programs to launch; plain JavaScript, run from where they are written. */
export const FIXTURES = resolve(ROOT, "test/fixtures");
/** The node that ranks run on: the one that runs the tests. */
export const NODE = process.execPath;
