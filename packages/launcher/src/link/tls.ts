/**
 * Connections between launcher and agents: TLS with a key that both sides have (PSK), made for the
 * job. Whoever has not got it learns nothing and reaches nothing.
 */
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Ticket } from "./ticket.js";

const OPTIONS = {
  ciphers: "ECDHE-PSK-CHACHA20-POLY1305",
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.2",
} as const;
const HANDSHAKE_MS = 10_000;

/** Loaded at need: a job on one host has no link. */
const tls = () => process.getBuiltinModule("node:tls");

/** A listening launcher. */
export interface Listening {
  readonly port: number;
  /** Takes no more connections; those that are there stay. */
  close(): void;
}

/** Listens on every address of this host. */
export function listenForAgents(
  { jobId, key }: Pick<Ticket, "jobId" | "key">,
  onConnection: (stream: TLSSocket) => void,
): Promise<Listening> {
  const server = tls().createServer(
    {
      ...OPTIONS,
      handshakeTimeout: HANDSHAKE_MS,
      pskCallback: (_socket, identity) => (identity === jobId ? Buffer.from(key, "hex") : null),
    },
    (stream) => {
      stream.setNoDelay(true);
      onConnection(stream);
    },
  );
  server.on("secureConnection", (stream: TLSSocket) => stream.on("error", () => {}));
  server.on("tlsClientError", (_error, stream) => stream.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, backlog: 4096 }, () =>
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close() }),
    );
  });
}

/**
 * Tries all addresses of a ticket side by side and keeps the first where somebody with the key
 * answers. Rejects when none does within `milliseconds`.
 */
export function dial({ jobId, key, addresses, port }: Ticket, milliseconds: number): Promise<TLSSocket> {
  const { connect } = tls();
  return new Promise((resolve, reject) => {
    const attempts = new Set<TLSSocket>();
    const reasons: string[] = [];
    let settled = false;
    const settle = (outcome: () => void, winner?: TLSSocket) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      for (const attempt of attempts) if (attempt !== winner) attempt.destroy();
      outcome();
    };
    const fail = (why: string) => settle(() => reject(new Error(why)));
    const timer = setTimeout(
      () => fail(`no answer from ${addresses.join(", ")} port ${port} within ${milliseconds / 1e3} s`),
      milliseconds,
    );
    for (const address of addresses) {
      const attempt = connect({
        ...OPTIONS,
        host: address,
        port,
        pskCallback: () => ({ psk: Buffer.from(key, "hex"), identity: jobId }),
        checkServerIdentity: () => undefined,
      });
      attempts.add(attempt);
      attempt.once("secureConnect", () => settle(() => resolve(attempt), attempt));
      attempt.on("error", (error) => {
        attempts.delete(attempt);
        reasons.push(`${address} port ${port}: ${error.message}`);
        if (attempts.size === 0) fail(reasons.join("; "));
      });
      attempt.setNoDelay(true);
    }
    if (addresses.length === 0) fail("the launcher offers no address");
  });
}
