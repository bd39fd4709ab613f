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
  const say = (code: number, line: string) =>
    sink.write(Buffer.from(`${paint(code, "tsmpirun:")} ${line}\n`));
  return {
    // Scripts compare standard error: a notice is for people.
    notice: (line) => void ((terminal || verbose) && !quiet && say(33, line)),
    progress: (line) => void (!quiet && say(2, line)),
    detail: (line) => void (verbose && say(2, line)),
    problem: (line) => say(31, line),
  };
}
