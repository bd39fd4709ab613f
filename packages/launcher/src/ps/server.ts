/** The launcher's end of `tsmpirun ps`. */
import { createServer, type Socket } from "node:net";
import { removeJobDirectory } from "../agent/directory.js";
import { createGuardedDirectory } from "../agent/guarded.js";
import { observerPath } from "./path.js";
import type { Snapshot } from "./snapshot.js";

/** Answers `tsmpirun ps` as long as the job runs. */
export interface ObserverServer {
  close(): void;
}

/**
 * Gives whoever connects a snapshot, as JSON, and closes the connection. The socket is in the job's
 * directory on this host, where nobody else may enter; if there is none, in one of its own.
 */
export function listenForObservers(
  jobDirectory: string | undefined,
  snapshot: () => Promise<Snapshot>,
): ObserverServer {
  const own = jobDirectory === undefined ? ownDirectory() : undefined;
  const directory = jobDirectory ?? own?.path;
  if (directory === undefined) return { close: () => {} };
  const observers = new Set<Socket>();
  const server = createServer((observer) => {
    observers.add(observer);
    observer.on("error", () => {}); // it has gone
    observer.once("close", () => observers.delete(observer));
    void snapshot().then((taken) => observer.end(JSON.stringify(taken)));
  });
  server.on("error", () => {}); // a job that cannot be observed is a job all the same
  server.listen(observerPath(directory));
  server.unref();
  return {
    close() {
      server.close();
      for (const observer of observers) observer.destroy();
      own?.remove();
    },
  };
}

/** None if there is no place for it. */
function ownDirectory(): { readonly path: string; remove(): void } | undefined {
  try {
    const { job, watchdog } = createGuardedDirectory();
    return {
      path: job.path,
      remove() {
        removeJobDirectory(job.path);
        watchdog.dismiss();
      },
    };
  } catch {
    return undefined;
  }
}
