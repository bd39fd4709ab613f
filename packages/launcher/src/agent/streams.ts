import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** A stream of a rank and the promise of its end. */
export interface RunningStream {
  readonly source: Readable & { readonly bytesRead?: number };
  readonly done: Promise<void>;
}

const IDLE_MILLISECONDS = 300;

/**
 * Resolves when all streams have ended. To be called when no process of the job is left: a
 * stream that stays open and says nothing is held by a process that has left the job (a daemon
 * with an environment of its own), and is given up. One that waits for a slow reader is not.
 */
export async function drained(streams: readonly RunningStream[]): Promise<void> {
  const open = new Set(streams);
  for (const stream of streams) void stream.done.then(() => open.delete(stream));
  const all = Promise.all(streams.map(({ done }) => done)).then(() => true);
  const seen = new Map<RunningStream, number>();
  while (!(await Promise.race([all, delay(IDLE_MILLISECONDS, false)]))) {
    for (const stream of open) {
      const bytes = stream.source.bytesRead ?? 0;
      if (seen.get(stream) === bytes && !stream.source.isPaused()) stream.source.destroy();
      seen.set(stream, bytes);
    }
  }
}
