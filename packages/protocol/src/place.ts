import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { originOf } from "./source.js";

/**
 * `file:line:column` of a frame of a stack, as V8 writes it; in the source if there is a source map, and
 * relative to the working directory if it is inside. Undefined for Node's own frames and for what has no place.
 */
export function placeOf(frame: string): string | undefined {
  const [, name, at, offset] = /\(?([^\s()]+):(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (name === undefined || name.startsWith("node:")) return undefined;
  const compiled = name.startsWith("file:") ? fileURLToPath(name) : name;
  const { file, line, column } = originOf({ file: compiled, line: Number(at), column: Number(offset) });
  const short = relative(process.cwd(), file);
  return `${short.startsWith("..") ? file : short}:${line}:${column}`;
}
