import {
  MPIError,
  rankSocketPath,
  readKeys,
  readPeers,
  remoteEndpoint,
  type Peers,
  type RankEnvironment,
} from "@tsmpi/protocol";
import type { CrossingOptions } from "../transport/crossing.js";

/**
 * Where to connect to for each rank, whether it listens already or not: until it does, ZeroMQ's I/O
 * thread tries again, so what has been sent leaves even if this rank computes meanwhile. Ranks of this
 * host are found without asking; of the others the agent has written down what is known.
 */
export function endpoints({ rank, jobDirectory, hosts }: RankEnvironment): (peer: number) => string {
  const local = (peer: number) => `ipc://${rankSocketPath(jobDirectory, peer)}`;
  if (hosts === undefined) return local;
  let peers: Peers | undefined;
  return (peer) => {
    if (hosts[peer] === hosts[rank]) return local(peer);
    peers ??= fromAgent(rank, "peers", () => readPeers(jobDirectory));
    return remoteEndpoint(peers, hosts, peer);
  };
}

/** What leads to other hosts; undefined when there are none. */
export function crossingTo(environment: RankEnvironment): (() => CrossingOptions) | undefined {
  const { rank, size, jobDirectory, hosts, listenFd } = environment;
  if (hosts === undefined) return undefined;
  return () => ({ rank, size, listenFd, keys: fromAgent(rank, "keys", () => readKeys(jobDirectory)) });
}

function fromAgent<T>(rank: number, name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = `other hosts cannot be reached: the job directory has no readable file "${name}", which tsmpirun wrote`;
    throw new MPIError("ERR_OTHER", message, { rank, cause });
  }
}
