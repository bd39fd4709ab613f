/** The launcher's own lines, on standard error. */
import { isatty } from "node:tty";
import type { Reporter, Sink } from "@tsmpi/launcher";
import { mayColour } from "./colour.js";

/** What the user wants to hear. */
export interface Volume {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** A reporter that writes to a sink on standard error. */
export function terminalReporter(sink: Sink, { verbose, quiet }: Volume): Reporter {
  const terminal = isatty(2);
  const colours = mayColour(terminal, process.env);
  const paint = (code: number, text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  /** On a terminal, progress is one live line that the next line replaces. */
  let live = false;
  const say = (code: number, line: string, stays = true) => {
    const clear = live ? "\r\x1b[K" : "";
    live = !stays;
    sink.write(Buffer.from(`${clear}${paint(code, "tsmpirun:")} ${line}${stays ? "\n" : ""}`));
  };
  return {
    // Scripts compare standard error: a notice is for people.
    notice: (line) => void ((terminal || verbose) && !quiet && say(33, line)),
    warning: (line) => void (!quiet && say(33, line)),
    progress(line) {
      if (line !== undefined) return void (!quiet && say(2, line, !terminal));
      if (live) sink.write(Buffer.from("\r\x1b[K"));
      live = false;
    },
    detail: (line) => void (verbose && say(2, line)),
    problem: (line) => say(31, line),
  };
}
