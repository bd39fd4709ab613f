/** Puts a prefix in front of every line. */
const NEWLINE = 10;
const NEWLINE_BYTES = Buffer.from("\n");

/** Prefixes lines of several sources that share one terminal or file. */
export interface Tagger {
  /**
   * What to write for these bytes of this source. A partial line that another source left open
   * is closed first, so that a prefix always stands at the beginning of a line.
   */
  tag(source: string, bytes: Uint8Array): Uint8Array;
  /** What to write when a source has ended: the newline its last line lacks, if it does. */
  end(source: string): Uint8Array;
}

/** A tagger for one sink; `prefix` is asked for each line. */
export function tagger(prefix: (source: string) => string): Tagger {
  let open: string | undefined;
  return {
    tag(source, bytes) {
      const pieces: Uint8Array[] = [];
      let start = 0;
      if (open !== undefined && open !== source) {
        pieces.push(NEWLINE_BYTES);
        open = undefined;
      }
      while (start < bytes.length) {
        const newline = bytes.indexOf(NEWLINE, start);
        const end = newline === -1 ? bytes.length : newline + 1;
        if (open === undefined) pieces.push(Buffer.from(prefix(source)));
        pieces.push(bytes.subarray(start, end));
        open = newline === -1 ? source : undefined;
        start = end;
      }
      return Buffer.concat(pieces);
    },
    end(source) {
      if (open !== source) return new Uint8Array(0);
      open = undefined;
      return NEWLINE_BYTES;
    },
  };
}
