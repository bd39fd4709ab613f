import { placeOf } from "@tsmpi/protocol";

/** Frames kept of a call: the user's line, and a little of how the program came there. */
const FRAMES = 4;

type Method = (...args: never[]) => unknown;

/**
 * Where the user called an operation. Taking it costs about two microseconds, so it is taken when the
 * operation has been started and has to wait; V8 turns frames into text only when somebody asks. With
 * source maps enabled (`node --enable-source-maps`) that text is in the terms of the user's source; places always are.
 */
export class CallSite {
  readonly #holder: { stack?: string } = {};

  /** Frames of `method` and what it called are left out; of the others so many are kept. */
  constructor(method: Method, frames = FRAMES) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = frames;
    Error.captureStackTrace(this.#holder, method);
    Error.stackTraceLimit = limit;
  }

  /** `file:line:column` of the user's call, relative to the working directory if it is inside; "" if unknown. */
  get place(): string {
    for (const frame of this.#frames()) {
      const place = placeOf(frame);
      if (place !== undefined) return place;
    }
    return "";
  }

  /** The user's line as V8 writes it, for `placeOf` to be taken of it elsewhere: that costs more than all the rest. */
  get frame(): string {
    return this.#frames()[0] ?? "";
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
