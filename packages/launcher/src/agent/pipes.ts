/**
 * Real pipes for the streams of ranks. Node offers socket pairs, on which `echo > /dev/stdout`
 * fails; so one `mkfifo` makes named pipes in the job directory, unlinked as soon as both
 * ends are open.
 */
import { spawn } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/** The two ends of a pipe, as descriptors. The launcher's end does not block, the rank's does. */
export interface PipeEnds {
  readonly launcher: number;
  readonly rank: number;
}

/** Makes the named pipes, or returns false where that cannot be done. */
export function makePipes(directory: string, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const mkfifo = spawn("mkfifo", ["-m", "600", ...names], { cwd: directory, stdio: "ignore" });
    mkfifo.once("error", () => resolve(false));
    mkfifo.once("exit", (code) => resolve(code === 0));
  });
}

/** Opens a pipe the rank writes to. */
export function openOutputPipe(directory: string, name: string): PipeEnds {
  const path = join(directory, name);
  const launcher = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const rank = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  return { launcher, rank };
}

/** Opens a pipe the rank reads from. */
export function openInputPipe(directory: string, name: string): PipeEnds {
  const path = join(directory, name);
  // A writer must not block for want of a reader, and the rank's end must be a blocking one.
  const both = openSync(path, constants.O_RDWR);
  const rank = openSync(path, constants.O_RDONLY);
  const launcher = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  unlinkSync(path);
  closeSync(both);
  return { launcher, rank };
}
