/** From the launcher's standard input to the ranks'. */
import type { Writable } from "node:stream";
import type { StdinTarget } from "./options.js";
import { inForeground } from "./foreground.js";

const FOREGROUND_POLL_MILLISECONDS = 200;

/** How a rank gets its standard input. */
export type StdinKind =
  /** The launcher's own descriptor: byte exact, and only what the rank reads is consumed. */
  | "inherit"
  /** A pipe that the launcher fills. */
  | "pipe"
  /** End of file at once. */
  | "empty";

/** Decides how a rank gets its standard input. Pure. */
export function stdinKind(target: StdinTarget, rank: number, terminal: boolean): StdinKind {
  if (target === "all") return "pipe";
  if (target !== rank) return "empty";
  // A rank has a session of its own, where the terminal's job control does not reach it.
  return terminal ? "pipe" : "inherit";
}

/** A running copy of standard input. */
export interface InputCopy {
  /** Stops reading until `resume`: the process is about to be stopped. */
  pause(): void;
  /** Reads on, unless the process is in the background now. */
  resume(): void;
  /** Stops reading. */
  stop(): void;
}

/** Copies standard input to every receiver, as fast as the slowest one that still reads. */
export function copyInput(receivers: readonly Writable[], source = process.stdin): InputCopy {
  const open = new Set(receivers);
  let waiting = 0;
  let poll: NodeJS.Timeout | undefined;

  const stop = () => {
    clearInterval(poll);
    source.destroy();
    for (const receiver of open) receiver.end();
  };
  const recheck = () => {
    if (source.destroyed) return;
    const mayRead = waiting === 0 && (!source.isTTY || inForeground());
    if (mayRead) source.resume();
    else source.pause();
  };
  const leave = (receiver: Writable) => {
    open.delete(receiver);
    if (open.size === 0) stop();
  };
  for (const receiver of receivers) {
    receiver.on("error", () => {}); // the rank has closed its input; "close" follows
    receiver.once("close", () => leave(receiver));
  }
  source.on("data", (chunk: Buffer) => {
    for (const receiver of open) {
      if (receiver.write(chunk)) continue;
      waiting++;
      const ready = () => {
        receiver.off("drain", ready).off("close", ready);
        waiting--;
        recheck();
      };
      receiver.on("drain", ready).on("close", ready);
    }
    if (waiting > 0) source.pause();
  });
  source.once("end", stop);
  source.once("error", stop);
  source.pause();
  recheck();
  if (source.isTTY) poll = setInterval(recheck, FOREGROUND_POLL_MILLISECONDS).unref();
  return { pause: () => void source.pause(), resume: recheck, stop };
}
