/** Cuts a byte stream into pieces that end at a line's end. Pure. */
const NEWLINE = 10;

/** A partial line longer than this is passed on as it is. */
export const LONGEST_PARTIAL_LINE_BYTES = 1 << 16;

/** Collects the partial line at the end of what a rank has written so far. */
export interface LineCutter {
  /** Takes a chunk; returns what can be passed on: whole lines, or an overlong partial one. */
  push(chunk: Uint8Array): Uint8Array[];
  /** Returns the partial line and forgets it. */
  flush(): Uint8Array[];
  /** True when a partial line waits. */
  readonly partial: boolean;
}

/** A cutter with nothing in it. */
export function lineCutter(): LineCutter {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    held.push(bytes);
    heldBytes += bytes.length;
  };
  const flush = () => {
    const pieces = held;
    held = [];
    heldBytes = 0;
    return pieces;
  };
  return {
    push(chunk) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        hold(chunk);
        return heldBytes > LONGEST_PARTIAL_LINE_BYTES ? flush() : [];
      }
      const whole = [...flush(), end === chunk.length ? chunk : chunk.subarray(0, end)];
      hold(chunk.subarray(end));
      return whole;
    },
    flush,
    get partial() {
      return heldBytes > 0;
    },
  };
}
