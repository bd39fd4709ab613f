/** The files of --output-dir. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXIT } from "@tsmpi/protocol";
import { writeObstacle } from "../obstacle.js";
import { LaunchProblem } from "../problem.js";
import { openSink, type Sink } from "./sink.js";

/** A rank's output file. */
export interface OutputFile {
  readonly sink: Sink;
  /** Writes what is left and closes. */
  close(): Promise<void>;
}

/** `rank.07.out`: numbers as wide as the last one's, so that names sort. */
export function outputFileName(rank: number, size: number, stream: "stdout" | "stderr"): string {
  const width = String(size - 1).length;
  return `rank.${String(rank).padStart(width, "0")}.${stream === "stdout" ? "out" : "err"}`;
}

/**
 * What is to be said of files that an earlier job has left in a directory: those with something in them that
 * are about to be emptied, and those that will stay among ours. undefined: there are none.
 */
export function earlierFiles(directory: string, names: readonly string[]): string | undefined {
  const ours = new Set(names);
  const there = outputFilesIn(directory);
  const emptied = there.filter((name) => ours.has(name) && sizeOf(join(directory, name)) > 0).length;
  const staying = there.filter((name) => !ours.has(name)).sort();
  const files = (count: number) => `${count} file${count === 1 ? "" : "s"} of an earlier job`;
  const some = `(${staying[0]}${staying.length > 1 ? ", …" : ""})`;
  const words = [
    ...(emptied === 0 ? [] : [`overwrites ${files(emptied)}`]),
    ...(staying.length === 0 ? [] : [`leaves ${files(staying.length)} ${some}`]),
  ];
  return words.length === 0 ? undefined : `--output-dir ${directory} ${words.join(", and ")}`;
}

/** None where it cannot be read: whoever opens one says so. */
function outputFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^rank\.\d+\.(?:out|err)$/.test(name));
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What is told of a file that cannot be written. */
export type FileFailure = (path: string, error: NodeJS.ErrnoException) => void;

/**
 * Creates or empties a file in a directory that is made if need be. Throws a LaunchProblem.
 *
 * @param onFailure called at most once, before `close` has resolved
 */
export function openOutputFile(directory: string, name: string, onFailure: FileFailure): OutputFile {
  try {
    makeDirectory(resolve(directory));
    const path = join(directory, name);
    const fd = openSync(path, "w");
    const sink = openSink(fd);
    sink.onFailure = (error) => onFailure(path, error);
    return {
      sink,
      close: async () => {
        await sink.flushed();
        try {
          closeSync(fd);
        } catch (error) {
          // A file system of the network may find only now that it is full.
          if (sink.failure === undefined) onFailure(path, error as NodeJS.ErrnoException);
        }
      },
    };
  } catch (error) {
    throw new LaunchProblem(EXIT.usage, `--output-dir ${directory}: ${writeObstacle(error as Error)}`);
  }
}

/** Node's own recursive mkdir never returns where the kernel refuses with ENOENT, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path));
  mkdirSync(path);
}
