/**
 * What a rank has to know to speak to ranks of other hosts: two files in the job directory of each
 * host of a job on several. Its agent writes both before it starts the first rank, and never again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { keysPath, peersPath } from "./addresses.js";

/** Where ranks of other hosts listen, as seen from one host. */
export interface Peers {
  /** By host index: the IPv4 or IPv6 address, or the name, to reach the host by; its own is not used. */
  readonly hosts: readonly string[];
  /** By world rank: the TCP port; those of ranks of the own host are not used. */
  readonly ports: readonly number[];
}

/** A job's CURVE key pair, in Z85: 40 characters each. Neither half is ever published. */
export interface Keys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Written for the agent's user alone; a file that exists already is somebody else's and an error. */
const PRIVATE = { flag: "wx", mode: 0o600 } as const;

/** Writes them down. Throws when it is done already, or cannot be. */
export function writePeers(jobDirectory: string, peers: Peers): void {
  writeFileSync(peersPath(jobDirectory), JSON.stringify(peers), PRIVATE);
}

/** Throws when there is no such file. */
export function readPeers(jobDirectory: string): Peers {
  return JSON.parse(readFileSync(peersPath(jobDirectory), "utf8")) as Peers;
}

/**
 * @param keys undefined: connections between hosts are not encrypted. That is written down, too, so
 * that a file that is missing can never be taken for it.
 */
export function writeKeys(jobDirectory: string, keys: Keys | undefined): void {
  writeFileSync(keysPath(jobDirectory), JSON.stringify(keys ?? null), PRIVATE);
}

/** Returns undefined when connections are not to be encrypted; throws when there is no such file. */
export function readKeys(jobDirectory: string): Keys | undefined {
  return (JSON.parse(readFileSync(keysPath(jobDirectory), "utf8")) as Keys | null) ?? undefined;
}

/** The endpoint on which a rank of another host listens. */
export function remoteEndpoint(peers: Peers, hosts: readonly number[], rank: number): string {
  const address = peers.hosts[hosts[rank]!]!;
  return `tcp://${address.includes(":") ? `[${address}]` : address}:${peers.ports[rank]}`;
}
