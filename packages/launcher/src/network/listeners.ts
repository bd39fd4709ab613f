/**
 * Listening TCP sockets for ranks that have not been started yet: so all ports are known, and the
 * kernel takes connections, before the first rank runs.
 *
 * An event loop would accept those connections at once, and they are the ranks'. So the sockets
 * belong to a thread whose loop stands still; only its descriptors are used.
 */
/** One listening socket. */
export interface Listener {
  readonly port: number;
  /** Valid until `close`. */
  readonly fd: number;
}

/** Listening sockets of this process. */
export interface Listeners {
  readonly all: readonly Listener[];
  /** Closes this process's descriptors; processes that have inherited one keep it. */
  close(): void;
}

const THREAD = `
const { createServer } = require("node:net");
const { parentPort, workerData: { count, gate } } = require("node:worker_threads");
const servers = Array.from({ length: count }, () => createServer());
let listening = 0;
const failed = (error) => parentPort.postMessage({ error: error.message });
for (const server of servers) {
  server.once("error", failed);
  server.listen({ host: "0.0.0.0", port: 0, backlog: 4096, exclusive: true }, () => {
    if (++listening < count) return;
    parentPort.postMessage({ all: servers.map((s) => ({ port: s.address().port, fd: s._handle.fd })) });
    Atomics.wait(new Int32Array(gate), 0, 0);
    for (const s of servers) s.close();
  });
}
`;

/** Opens `count` listening sockets on all IPv4 addresses. */
export function openListeners(count: number): Promise<Listeners> {
  const gate = new SharedArrayBuffer(4);
  if (count === 0) return Promise.resolve({ all: [], close: () => {} });
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const thread = new Worker(THREAD, { eval: true, workerData: { count, gate } });
  return new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", ({ all, error }: { all?: Listener[]; error?: string }) => {
      if (all === undefined) return reject(new Error(error));
      thread.unref();
      const close = () => {
        const word = new Int32Array(gate);
        Atomics.store(word, 0, 1);
        Atomics.notify(word, 0);
      };
      resolve({ all, close });
    });
  });
}
