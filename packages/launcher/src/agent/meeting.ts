import { EXIT, writeKeys, writePeers } from "@tsmpi/protocol";
import { candidates, ownAddresses } from "../network/addresses.js";
import type { Network } from "../network/network.js";
import { firstReachable } from "../network/probe.js";
import { LaunchProblem } from "../problem.js";

const REACH_MS = 10_000;

/**
 * Finds out by which address each other host can be reached from here and writes down, for the ranks
 * of this host, where all others listen. Throws a LaunchProblem about the first host that cannot be.
 */
export async function meet(network: Network, jobDirectory: string, self: number): Promise<void> {
  const { hosts, ports, hostOf, keys } = network;
  const own = ownAddresses(undefined);
  const addresses = await Promise.all(
    hosts.map(async ({ host, addresses: theirs }, index) => {
      const first = hostOf.indexOf(index);
      if (index === self || first === -1) return "";
      const tried = candidates(theirs, own);
      const found = await firstReachable(tried, ports[first]!, REACH_MS);
      if (found !== undefined) return found;
      throw new LaunchProblem(
        EXIT.failure,
        `${hosts[self]!.host} cannot reach ${host} at ${tried.join(" or ")} (TCP port ${ports[first]!} of a rank): ` +
          `let the hosts connect to each other on all ports, or name the network to use with --iface`,
      );
    }),
  );
  writePeers(jobDirectory, { hosts: addresses, ports });
  writeKeys(jobDirectory, keys);
}
