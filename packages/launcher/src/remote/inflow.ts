import { Readable } from "node:stream";

/** A sender sends no more than this beyond what has been taken. */
export const WINDOW_BYTES = 1 << 18;
/** So much is taken before the sender is told. */
const REPORT_BYTES = WINDOW_BYTES / 4;

/** The near end of a stream whose far end is on another host. */
export interface Inflow {
  readonly readable: Readable;
  push(bytes: Uint8Array): void;
  end(): void;
}

/** @param taken is told of bytes that the reader has taken, so that the sender may send more */
export function openInflow(taken: (bytes: number) => void): Inflow {
  let owed = 0;
  const readable = new Readable({
    highWaterMark: REPORT_BYTES,
    read() {
      if (owed < REPORT_BYTES) return;
      taken(owed);
      owed = 0;
    },
  });
  return {
    readable,
    push(bytes) {
      owed += bytes.byteLength;
      readable.push(bytes);
    },
    end: () => void readable.push(null),
  };
}
