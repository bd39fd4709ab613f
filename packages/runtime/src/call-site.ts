import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Frames kept of a call: the user's line, and a little of how the program came there. */
const FRAMES = 4;

type Method = (...args: never[]) => unknown;

/**
 * Where the user called an operation. Taking it costs about two microseconds, so it is taken when the
 * operation has been started and has to wait; V8 turns frames into text only when somebody asks. With
 * source maps enabled (`node --enable-source-maps`) that text is in the terms of the user's source.
 */
export class CallSite {
  readonly #holder: { stack?: string } = {};

  /** Frames of `method` and what it called are left out. */
  constructor(method: Method) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(this.#holder, method);
    Error.stackTraceLimit = limit;
  }

  /** `file:line:column` of the user's call, relative to the working directory if it is inside; "" if unknown. */
  get place(): string {
    for (const frame of this.#frames()) {
      const [, file, line] = /\(?([^\s()]+):(\d+:\d+)\)?$/.exec(frame) ?? [];
      if (file !== undefined && !file.startsWith("node:")) return `${pathOf(file)}:${line}`;
    }
    return "";
  }

  /** The same error, showing the user's call instead of where it was found. */
  locate<E extends Error>(error: E): E {
    error.stack = [`${error.name}: ${error.message}`, ...this.#frames()].join("\n");
    return error;
  }

  #frames(): string[] {
    const lines = this.#holder.stack?.split("\n").slice(1) ?? [];
    return lines.filter((line) => !line.includes(import.meta.url) && !line.includes("node:internal/"));
  }
}

function pathOf(file: string): string {
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
