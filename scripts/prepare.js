// What npm runs after an install. npx runs it, too, when it first meets the command of this folder: once is enough.
import { isStale } from "./stale.js";

if (isStale()) await import("./build.js");
