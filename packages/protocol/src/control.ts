/**
 * The control link between a rank and the agent of its host: one JSON value a line over a
 * Unix stream socket. No message of the user's passes here, so frames are few and small.
 */

/** What a rank says to its agent. */
export type RankFrame =
  /** First frame on a connection: this rank listens and takes part in communication. */
  | { readonly type: "hello"; readonly rank: number; readonly pid: number }
  /** Wants to reach these ranks; each is answered once, as soon as it listens (or never will). */
  | { readonly type: "resolve"; readonly ranks: readonly number[] }
  /**
   * Has nothing left to do and waits for `released`. `sent` counts the messages this rank has
   * sent to each rank it has spoken to, so that a receiver knows when none is on its way any more.
   */
  | { readonly type: "finalize"; readonly sent: Readonly<Record<number, number>> }
  /** Has waited for more than a second: from now on it wants to hear of ranks that left. */
  | { readonly type: "blocked"; readonly state: RankState }
  /** Answer to `where`. */
  | { readonly type: "state"; readonly state: RankState }
  /** Ends the job with this exit code. */
  | { readonly type: "abort"; readonly code: number; readonly reason?: string };

/** What an agent says to a rank. */
export type AgentFrame =
  /** These ranks listen now; the value is the endpoint to connect to. */
  | { readonly type: "endpoints"; readonly endpoints: Readonly<Record<number, string>> }
  /**
   * These ranks have left (finalized, or ended with code 0). The value is the number of messages
   * they sent to the rank told, or null when it is unknown because they left without finalizing.
   */
  | { readonly type: "departed"; readonly sent: Readonly<Record<number, number | null>> }
  /** Every rank has finalized or left: the rank may end. */
  | { readonly type: "released" }
  /** Asks for a `state` frame, answered at once if the rank's event loop is free. */
  | { readonly type: "where" };

/** Where a rank is in its program, for the person who asks why nothing happens. */
export interface RankState {
  /** Operations that have been called and are not complete, oldest first, at most 8 of them. */
  readonly pending: readonly PendingOperation[];
  /** True once the rank has said `finalize`. */
  readonly finalizing: boolean;
}

export interface PendingOperation {
  /** Name of the call as the user wrote it: "recv", "bcast", … */
  readonly operation: string;
  /** World rank of the peer; absent for a wildcard. */
  readonly peer?: number;
  readonly tag?: number;
  /** Seconds since the call. */
  readonly seconds: number;
}

/** The line for a frame, newline included. */
export function encodeFrame(frame: RankFrame | AgentFrame): string {
  return JSON.stringify(frame) + "\n";
}

/**
 * Cuts a byte stream into frames. Returns a function to call with each chunk as a string; it
 * calls `onFrame` for each whole line. A line that is not JSON throws a SyntaxError: the other
 * side is not one of ours and the connection must be closed.
 */
export function frameReader<F extends RankFrame | AgentFrame>(
  onFrame: (frame: F) => void,
): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onFrame(JSON.parse(line) as F);
  };
}
