/** Signals to the launcher. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { basename } from "node:path";

const ENDING: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGQUIT"];

/**
 * npx passes on the Ctrl-C that the terminal has sent to both of us, and `timeout` signals its
 * child and then its group, child included: that is one signal, not two.
 */
const ECHO_MILLISECONDS = 100;

/** What to do about them. */
export interface SignalHandlers {
  interrupt(): void;
  terminate(signal: NodeJS.Signals): void;
  forward(signal: NodeJS.Signals): void;
  /** The user pressed Ctrl-Z; the launcher stops after this. */
  suspend(): void;
}

/**
 * Listens to the signals that end a job and those that are to be passed on; returns a function
 * that stops listening. TSTP, if passed on, stops the launcher as well; CONT is passed on then, too.
 */
export function listenToSignals(forwarded: readonly NodeJS.Signals[], handlers: SignalHandlers): () => void {
  const listeners = new Map<NodeJS.Signals, () => void>([
    ["SIGINT", withoutEcho(() => handlers.interrupt())],
  ]);
  // Without a listener Node opens a port for debuggers.
  listeners.set("SIGUSR1", () => {});
  for (const signal of forwarded) listeners.set(signal, () => handlers.forward(signal));
  if (forwarded.includes("SIGTSTP")) {
    listeners.set("SIGCONT", () => handlers.forward("SIGCONT"));
    listeners.set("SIGTSTP", () => {
      handlers.suspend();
      // Reading from the terminal ends in the next tick.
      setImmediate(() => process.kill(process.pid, "SIGSTOP"));
    });
  }
  for (const signal of ENDING) {
    listeners.set(
      signal,
      withoutEcho(() => handlers.terminate(signal)),
    );
  }
  if (hangupIsIgnored()) listeners.set("SIGHUP", () => {});
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function withoutEcho(listener: () => void): () => void {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last > ECHO_MILLISECONDS) listener();
    last = now;
  };
}

/**
 * True when this process was started with HUP ignored, which Node forgets at its start: by `nohup`, as the
 * shell's `_` variable tells; or by a script that ignores it itself, as its parent in /proc tells.
 */
export function hangupIsIgnored(): boolean {
  return basename(process.env["_"] ?? "") === "nohup" || parentIgnoresHangup();
}

function parentIgnoresHangup(): boolean {
  try {
    const mask = /^SigIgn:\s*([\da-f]+)/m.exec(readFileSync(`/proc/${process.ppid}/status`, "latin1"))?.[1];
    return (BigInt(`0x${mask ?? 0}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n;
  } catch {
    return false;
  }
}
