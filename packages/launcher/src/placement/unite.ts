import type { HostSlots, Plan } from "@tsmpi/protocol";

/**
 * The plan with several of its hosts, which are one machine under several names, as one: the first of
 * them. Ranks keep their numbers. Pure.
 *
 * @param same indices of such hosts, in ascending order
 */
export function unite(plan: Plan, same: readonly number[]): Plan {
  const [first, ...others] = same;
  if (first === undefined || others.length === 0) return plan;
  const kept = plan.hosts.flatMap((_, index) => (others.includes(index) ? [] : [index]));
  const places = plan.hosts.map((_, index) => kept.indexOf(others.includes(index) ? first : index));
  const sizes = kept.map(() => 0);
  for (const { hostIndex } of plan.ranks) sizes[places[hostIndex]!]!++;
  const local = kept.map(() => 0);
  return {
    ...plan,
    hosts: kept.map((index): HostSlots => plan.hosts[index]!),
    ranks: plan.ranks.map((rank) => {
      const place = places[rank.hostIndex]!;
      const host = plan.hosts[kept[place]!]!.host;
      return { ...rank, host, hostIndex: place, localRank: local[place]!++, localSize: sizes[place]! };
    }),
  };
}
