/** Which hosts of an allocation are this machine? */
import { hostname, networkInterfaces, userInfo } from "node:os";
import type { Allocation, HostSlots } from "@tsmpi/protocol";

/**
 * Indices of the hosts that are this machine. A job on this machine looks up no name. Where a batch system
 * has given names they are hosts of their own, whatever machine they lead to: only the first is this one.
 */
export async function hostsHere({ kind }: Allocation, hosts: readonly HostSlots[]): Promise<number[]> {
  if (kind === "local") return hosts.map((_, index) => index);
  const here = await Promise.all(hosts.map(({ host, user }) => isThisMachine(host, user)));
  const self = here.indexOf(true);
  // Another port leads to another sshd, which may be a container's.
  const isSame = (index: number) =>
    kind === "hosts" && here[index] === true && hosts[index]!.port === undefined;
  return hosts.flatMap((_, index) => (index === self || isSame(index) ? [index] : []));
}

/** Undefined for a user whom the system has no entry of, as in some containers. */
function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/**
 * True when the host, by any of its names or addresses, is this machine and nobody else's account
 * on it is meant. A name that means nothing here is compared with this machine's own.
 */
async function isThisMachine(host: string, user?: string): Promise<boolean> {
  if (user !== undefined && user !== ownName()) return false;
  const { lookup } = process.getBuiltinModule("node:dns/promises");
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) return host === hostname();
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((infos = []) => infos.map(({ address }) => address)),
  );
  return found.some(({ address }) => own.has(address) || /^127\./.test(address));
}
