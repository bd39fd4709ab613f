/** Whether two spellings of a host mean the same one, as far as spelling tells. Pure. */

/** True for equal names, and for a short name and a full one that begins with it. */
function isSameHost(a: string, b: string): boolean {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === right) return true;
  if (isAddress(left) || isAddress(right)) return false;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return !short.includes(".") && long.startsWith(`${short}.`);
}

/** Finds hosts by name, by any spelling that means one of them. */
export function hostFinder<T extends { readonly host: string }>(
  hosts: readonly T[],
): (name: string) => T | undefined {
  const exact = new Map(hosts.map((host) => [host.host.toLowerCase(), host]));
  const byFirstLabel = new Map<string, T[]>();
  for (const host of hosts) {
    const label = firstLabel(host.host);
    const alike = byFirstLabel.get(label);
    if (alike === undefined) byFirstLabel.set(label, [host]);
    else alike.push(host);
  }
  return (name) =>
    exact.get(name.toLowerCase()) ??
    byFirstLabel.get(firstLabel(name))?.find(({ host }) => isSameHost(host, name));
}

function firstLabel(name: string): string {
  return name.toLowerCase().split(".", 1)[0]!;
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(":");
}

/** True for the names under which a machine called `here` knows itself without asking anybody. */
export function isThisHost(name: string, here: string): boolean {
  return ["localhost", "127.0.0.1", "::1"].includes(name.toLowerCase()) || isSameHost(name, here);
}
