import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `file:line:column` of a frame of a stack, as V8 writes it; relative to the working directory if it is
 * inside. Undefined for Node's own frames and for what has no place.
 */
export function placeOf(frame: string): string | undefined {
  const [, file, line] = /\(?([^\s()]+):(\d+:\d+)\)?$/.exec(frame) ?? [];
  return file === undefined || file.startsWith("node:") ? undefined : `${pathOf(file)}:${line}`;
}

function pathOf(file: string): string {
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
