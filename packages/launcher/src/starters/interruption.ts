import { constants } from "node:os";
import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";
import { hangupIsIgnored } from "../signals.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** The user's change of mind while a job is starting. */
export interface Interruption {
  /** Rejects with a LaunchProblem without words at a signal that ends the launcher. */
  readonly happened: Promise<never>;
  /** Throws that problem if it has happened. */
  check(): void;
  /**
   * Signals have their old meaning again, a turn later: one that is on its way would be lost with its last listener, and
   * who listens from now on is to hear it.
   */
  ignore(): void;
}

/** Listens to the signals that end a launcher, until `ignore`. HUP counts unless it is to be ignored. */
export function untilInterrupted(): Interruption {
  let ignore = () => {};
  let problem: LaunchProblem | undefined;
  const happened = new Promise<never>((_, reject) => {
    const listeners = SIGNALS.map((signal) => {
      const listener = () => {
        problem ??= new LaunchProblem(EXIT.signalBase + constants.signals[signal], "");
        reject(problem);
      };
      const reaction = signal === "SIGHUP" && hangupIsIgnored() ? () => {} : listener;
      process.on(signal, reaction);
      return () => process.off(signal, reaction);
    });
    ignore = () => listeners.forEach((off) => off());
  });
  happened.catch(() => {}); // nobody may be waiting when it happens
  return {
    happened,
    check() {
      if (problem !== undefined) throw problem;
    },
    ignore: () => void setImmediate(ignore),
  };
}
