import { readFileSync } from "node:fs";
import type { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A source map, and the folder that its sources are named from. */
interface Located {
  readonly map: SourceMap;
  readonly folder: string;
}

const LINK = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm;
const INLINE = /^data:application\/json[^,]*;base64,/;

/** By file; undefined for those that have none. */
const maps = new Map<string, Located | undefined>();

/**
 * Where that code was written, if a compiler has left a source map inside the file or beside it; else the
 * place itself. Reads files: to be asked when something is reported.
 */
export function originOf(place: Place): Place {
  const { file, line, column } = place;
  if (!maps.has(file)) maps.set(file, readMap(file));
  const found = maps.get(file);
  const entry = found?.map.findEntry(line - 1, column - 1);
  if (found === undefined || entry === undefined || !("originalSource" in entry)) return place;
  const source = pathOf(entry.originalSource, found.folder);
  if (source === undefined) return place;
  return { file: source, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function readMap(file: string): Located | undefined {
  try {
    const link = [...readFileSync(file, "utf8").matchAll(LINK)].at(-1)?.[1];
    if (link === undefined) return undefined;
    const path = INLINE.test(link) ? file : resolve(dirname(file), decodeURIComponent(link));
    const text = path === file ? Buffer.from(link.replace(INLINE, ""), "base64") : readFileSync(path);
    const payload = JSON.parse(text.toString()) as SourceMap["payload"];
    // Loaded here, not at import: most ranks never have anything to report.
    const { SourceMap } = process.getBuiltinModule("node:module");
    return { map: new SourceMap(payload), folder: resolve(dirname(path), payload.sourceRoot ?? "") };
  } catch {
    return undefined; // a file that has gone, or a map that is none: the compiled line will do
  }
}

/** Undefined for what is no file, as the sources of some bundlers. */
function pathOf(source: string, folder: string): string | undefined {
  if (source.startsWith("file:")) return fileURLToPath(source);
  return /^[a-z]{2,}:/i.test(source) ? undefined : resolve(folder, source);
}
