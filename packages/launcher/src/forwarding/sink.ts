/**
 * Writes bytes to a descriptor without ever blocking the event loop: process.stdout does that
 * on a pipe whose reader is slow. One write is in flight; the rest waits here, and whoever
 * produces it is expected to stop when `full` says so.
 */
import { writev } from "node:fs";

/** More than this in the queue, and producers must pause. */
const HIGH_WATER_BYTES = 1 << 20;
/** Somebody else may have made the descriptor non-blocking: then we ask again and again. */
const RETRY_MILLISECONDS = { first: 1, last: 20 };
/** Buffers in one writev; IOV_MAX is 1024. */
const MOST_BUFFERS = 512;

/** Where output goes. */
export interface Sink {
  /** Queues bytes; they belong to the sink from now on. */
  write(bytes: Uint8Array): void;
  /** True while producers must wait for `drained`. */
  readonly full: boolean;
  /** Resolves when the sink is no longer full; at once when it is not. */
  drained(): Promise<void>;
  /** Resolves when everything has been written, or nothing can be written any more. */
  flushed(): Promise<void>;
  /** Why nothing can be written any more; undefined while it can. */
  readonly failure: NodeJS.ErrnoException | undefined;
  /** Called at most once, when a write fails; what comes later is dropped. */
  onFailure: ((error: NodeJS.ErrnoException) => void) | undefined;
}

/** A sink on an open descriptor, which stays open. */
export function openSink(fd: number): Sink {
  let queue: Uint8Array[] = [];
  let bytes = 0;
  let writing = false;
  let retry = RETRY_MILLISECONDS.first;
  let failure: NodeJS.ErrnoException | undefined;
  let waiters: { readonly limit: number; readonly resolve: () => void }[] = [];

  const below = (limit: number): Promise<void> =>
    bytes <= limit ? Promise.resolve() : new Promise((resolve) => waiters.push({ limit, resolve }));

  const wake = () => {
    const ready = waiters.filter(({ limit }) => bytes <= limit);
    if (ready.length === 0) return;
    waiters = waiters.filter(({ limit }) => bytes > limit);
    for (const { resolve } of ready) resolve();
  };

  const fail = (error: NodeJS.ErrnoException) => {
    failure = error;
    queue = [];
    bytes = 0;
    sink.onFailure?.(error);
    wake();
  };

  const pump = () => {
    writing = queue.length > 0;
    if (!writing) return;
    writev(fd, queue.slice(0, MOST_BUFFERS), (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(pump, retry);
        retry = Math.min(retry * 2, RETRY_MILLISECONDS.last);
        return;
      }
      if (error !== null) return fail(error);
      retry = RETRY_MILLISECONDS.first;
      queue = without(queue, written);
      bytes -= written;
      wake();
      pump();
    });
  };

  const sink: Sink = {
    write(chunk) {
      if (failure !== undefined || chunk.length === 0) return;
      queue.push(chunk);
      bytes += chunk.length;
      if (!writing) pump();
    },
    get full() {
      return bytes > HIGH_WATER_BYTES;
    },
    drained: () => below(HIGH_WATER_BYTES / 2),
    flushed: () => below(0),
    get failure() {
      return failure;
    },
    onFailure: undefined,
  };
  return sink;
}

/** What is left of a queue once its first bytes have been written. */
export function without(queue: readonly Uint8Array[], written: number): Uint8Array[] {
  let index = 0;
  let left = written;
  while (index < queue.length && left >= queue[index]!.length) left -= queue[index++]!.length;
  const rest = queue.slice(index);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
