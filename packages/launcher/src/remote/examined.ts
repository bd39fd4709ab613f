/** The agent's answers to a doctor. */
import { candidates, ownAddresses, type HostAddresses } from "../network/addresses.js";
import { openListener } from "../network/listener.js";
import { firstReachable } from "../network/probe.js";
import type { AgentLink } from "./messages.js";

const REACH_MS = 3_000;

/** Listens on a port, until the process ends. */
export async function openPort(link: AgentLink): Promise<void> {
  const { port } = await openListener("0.0.0.0");
  link.send({ type: "port", port });
}

/** Tries to reach other hosts. */
export async function reach(
  link: AgentLink,
  hosts: readonly (HostAddresses & { readonly port: number })[],
): Promise<void> {
  const own = ownAddresses(undefined);
  const found = await Promise.all(
    hosts.map(({ addresses, port }) => firstReachable(candidates(addresses, own), port, REACH_MS)),
  );
  link.send({ type: "reached", by: found.map((address) => address ?? null) });
}
