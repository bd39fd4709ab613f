/**
 * How many ranks of a program each host takes. Pure; each function returns a number for each host,
 * and may return fewer ranks than asked for when no host takes more.
 */

/** What a host still takes. */
export interface Room {
  readonly slots: number;
  /** Ranks that it has of earlier programs. */
  readonly used: number;
  /** The most it takes, whatever happens. */
  readonly most: number;
}

/** Fills the free slots host by host; what is left over is spread so that all are equally full. */
export function shareBySlot(rooms: readonly Room[], ranks: number): number[] {
  const shares = rooms.map(() => 0);
  let left = ranks;
  rooms.forEach(({ slots, used, most }, index) => {
    shares[index] = Math.max(0, Math.min(slots - used, most - used, left));
    left -= shares[index]!;
  });
  // Hosts without a slot get none unless there is nothing else.
  const weights = rooms.some(({ slots }) => slots > 0) ? rooms.map(({ slots }) => slots) : rooms.map(() => 1);
  while (left > 0) {
    const free = rooms.map(({ used, most }, index) =>
      Math.min(weights[index]!, most - used - shares[index]!),
    );
    const total = free.reduce((sum, count) => sum + Math.max(0, count), 0);
    if (total === 0) break;
    const extra = left >= total ? free : evenly(weights, free, left);
    extra.forEach((count, index) => (shares[index]! += Math.max(0, count)));
    left -= Math.min(left, total);
  }
  return shares;
}

/** Takes one rank at a time for the host that it fills least, the first of equals. */
function evenly(weights: readonly number[], free: readonly number[], ranks: number): number[] {
  const seats = free.flatMap((count, host) =>
    Array.from({ length: Math.max(0, count) }, (_, seat) => ({ host, fill: (seat + 1) / weights[host]! })),
  );
  seats.sort((a, b) => a.fill - b.fill || a.host - b.host);
  const shares = free.map(() => 0);
  for (const { host } of seats.slice(0, ranks)) shares[host]!++;
  return shares;
}

/**
 * Deals one rank to each host in turn from host `next` on, to hosts with a free slot as long as
 * there are any. Also returns the host whose turn comes then.
 */
export function shareByNode(
  rooms: readonly Room[],
  ranks: number,
  next: number,
): { readonly shares: number[]; readonly next: number } {
  const shares = rooms.map(() => 0);
  let left = ranks;
  let turn = next;
  for (const limit of ["slots", "most"] as const) {
    for (let idle = 0; left > 0 && idle < rooms.length; turn = (turn + 1) % rooms.length) {
      const { used, [limit]: slots, most } = rooms[turn]!;
      if (used + shares[turn]! >= Math.min(slots, most)) idle++;
      else {
        shares[turn]!++;
        left--;
        idle = 0;
      }
    }
  }
  return { shares, next: turn };
}

/** `perHost` ranks on each host, or on as many hosts as it takes to reach `ranks`. */
export function shareByHost(rooms: readonly Room[], ranks: number | undefined, perHost: number): number[] {
  let left = ranks ?? Infinity;
  return rooms.map(({ used, most }) => {
    const share = Math.max(0, Math.min(perHost, most - used, left));
    left -= share;
    return share;
  });
}

/** The hosts of a program's ranks in their order, from each host's share. */
export function order(shares: readonly number[], by: "slot" | "node"): number[] {
  if (by === "slot") return shares.flatMap((share, host) => Array.from({ length: share }, () => host));
  const rounds = shares.reduce((most, share) => Math.max(most, share), 0);
  const hosts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    shares.forEach((share, host) => share > round && hosts.push(host));
  }
  return hosts;
}
