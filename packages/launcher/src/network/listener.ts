/** Listening TCP sockets that ranks inherit, for a job on several hosts. */
import { createServer, type AddressInfo } from "node:net";

/** The descriptor that a listener becomes in a rank, if it comes fourth in the rank's `stdio`. */
export const LISTEN_FD = 3;
/** Every other rank may connect before this one looks; the kernel lowers it to its own limit. */
const BACKLOG = 4096;

/** A listening socket for one rank. */
export interface Listener {
  readonly port: number;
  /** The agent's descriptor of it, for the `stdio` of `spawn`. */
  readonly fd: number;
  /** Closes the agent's copy; to be called as soon as the rank has been started with its own. */
  close(): void;
}

/**
 * Listens on a free port, so that all ports are known before any rank starts and connections wait in
 * the kernel until the rank takes its socket over. Node accepts what comes while the agent still has
 * its copy; it is turned away, and ZeroMQ connects again within a tenth of a second.
 *
 * @param address of this host, or "::" or "0.0.0.0" for all that it has
 */
export function openListener(address: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer((early) => early.destroy());
    server.once("error", reject);
    server.listen({ host: address, port: 0, exclusive: true, backlog: BACKLOG }, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        fd: (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd,
        close: () => void server.close(),
      });
    });
  });
}
