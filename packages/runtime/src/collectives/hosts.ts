import type { Channel } from "../channel.js";
import { levels } from "./selection.js";

/** The ranks of a channel by the host they are on. */
export interface Layout {
  /** Ranks of each host, ascending; hosts in the order of their first ranks. */
  readonly groups: readonly (readonly number[])[];
  /** The first rank of each host. */
  readonly leaders: readonly number[];
  /** For each rank the index of its host in `groups`. */
  readonly groupOf: readonly number[];
  /** True when the ranks of each host follow each other without a gap. */
  readonly contiguous: boolean;
}

const layouts = new WeakMap<readonly number[], Layout>();

/** How the ranks lie on hosts; undefined when leaders would gain nothing: one host, or one rank on each. */
export function layoutOf({ hosts, size }: Channel): Layout | undefined {
  if (hosts === undefined || levels() === "one") return undefined;
  let layout = layouts.get(hosts);
  if (layout === undefined) layouts.set(hosts, (layout = arrange(hosts)));
  const { length } = layout.groups;
  return length === 1 || length === size ? undefined : layout;
}

const together = new Map<number, Layout>();

/**
 * As `layoutOf`; and where ranks share cores all of them as one host. There the number of messages counts, each
 * waking a rank, and not the longest chain of them: one rank that hears of all and tells all takes 2 (N - 1)
 * messages, an exchange between all N ceil(log2 N).
 */
export function frugalLayoutOf(channel: Channel): Layout | undefined {
  const { crowded, size } = channel;
  if (!crowded || size <= 2 || levels() === "one") return layoutOf(channel);
  let layout = together.get(size);
  if (layout === undefined) together.set(size, (layout = arrange(new Array<number>(size).fill(0))));
  return layout;
}

function arrange(hosts: readonly number[]): Layout {
  const groups: number[][] = [];
  const indexes = new Map<number, number>();
  const groupOf = hosts.map((host, rank) => {
    let index = indexes.get(host);
    if (index === undefined) {
      indexes.set(host, (index = groups.length));
      groups.push([]);
    }
    groups[index]!.push(rank);
    return index;
  });
  return {
    groups,
    leaders: groups.map(([first]) => first!),
    groupOf,
    contiguous: groups.every((group) => group.at(-1)! - group[0]! === group.length - 1),
  };
}

/**
 * A part of a channel as a channel: `ranks` are its ranks 0, 1 and so on, this rank among them. Calls on
 * parts match in order, as those on the whole.
 */
export function partOf(channel: Channel, ranks: readonly number[]): Channel {
  return {
    rank: ranks.indexOf(channel.rank),
    size: ranks.length,
    hosts: undefined,
    crowded: false,
    unsettled: false,
    send: (dest, packet) => channel.send(ranks[dest]!, packet),
    receive: (source) => channel.receive(ranks[source]!),
  };
}
