/** By which addresses a host can be reached. */
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { BlockList, isIP } from "node:net";

/** A host and the addresses it offers, best first. */
export interface HostAddresses {
  readonly host: string;
  readonly addresses: readonly string[];
}

/** Bridges of container engines and the like: they often have the same address on every host. */
const BRIDGES = /^(docker|br-|virbr|veth|cni|flannel|lxc|lxd|podman|vboxnet|vmnet|kube|cali|tunl)/;

/**
 * This host's addresses, best first: never loopback ones, those of bridges last. `only` is the name
 * of an interface or a CIDR; nothing else is offered then.
 */
export function ownAddresses(
  only: string | undefined,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string[] {
  const offered = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter((info) => !info.internal && !isUnusable(info.address))
      .map(({ address, family }) => ({ name, address, family })),
  );
  const wanted = only === undefined ? offered : offered.filter(matcher(only));
  const rank = ({ name, family }: { name: string; family: string }) =>
    (BRIDGES.test(name) ? 2 : 0) + (family === "IPv4" ? 0 : 1);
  wanted.sort((a, b) => rank(a) - rank(b));
  return [...new Set(wanted.map(({ address }) => address))];
}

/**
 * Which of another host's addresses to try from here, best first. An address that this host has as
 * well (a bridge) would lead back to this host; if all are like that, the other *is* this host.
 */
export function candidates(theirs: readonly string[], own: readonly string[]): string[] {
  const foreign = theirs.filter((address) => !own.includes(address));
  return foreign.length > 0 ? foreign : ["127.0.0.1"];
}

/** Link-local addresses mean something else on every host, and loopback ones nothing elsewhere. */
function isUnusable(address: string): boolean {
  return /^(127\.|169\.254\.|fe80:|::1$)/i.test(address);
}

function matcher(only: string): (offered: { name: string; address: string }) => boolean {
  const [network = "", bits = ""] = only.split("/");
  const family = isIP(network);
  if (family === 0) return ({ name }) => name === only;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(network, bits === "" ? (family === 4 ? 32 : 128) : Number(bits), type);
  return ({ address }) => list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}
