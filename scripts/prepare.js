// What npm runs after an install in a checkout, as a script of a package that is not shipped: the one that
// is would have npm warn its users of it. npx runs it, too, when it first meets the command of this folder: once is enough.
import { isStale } from "./stale.js";

if (isStale()) await import("./build.js");
