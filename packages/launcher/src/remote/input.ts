/** The launcher's end of the standard input of a rank on another host. */
import { Writable } from "node:stream";
import { WINDOW_BYTES } from "./inflow.js";
import type { LauncherLink } from "./messages.js";

/** The standard input of a rank on another host. */
export interface RemoteInput {
  readonly writable: Writable;
  /** The rank has taken so many bytes. */
  taken(bytes: number): void;
  /** The rank has closed its input, or is gone. */
  close(): void;
}

/** Opens it: what is written travels over the link, a window ahead of what the rank has taken. */
export function openRemoteInput(link: LauncherLink, rank: number): RemoteInput {
  let outstanding = 0;
  let waiting: (() => void) | undefined;
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      link.sendBytes("stdin", rank, chunk);
      outstanding += chunk.byteLength;
      if (outstanding <= WINDOW_BYTES) done();
      else waiting = done;
    },
    final(done) {
      link.send({ type: "input ends", rank });
      done();
    },
  });
  return {
    writable,
    taken(bytes) {
      outstanding -= bytes;
      if (outstanding > WINDOW_BYTES) return;
      const done = waiting;
      waiting = undefined;
      done?.();
    },
    close: () => void writable.destroy(),
  };
}
