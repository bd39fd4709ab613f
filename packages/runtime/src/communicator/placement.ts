import type { Endpoint } from "../endpoint/endpoint.js";
import type { Members } from "./members.js";

const known = new WeakMap<Members, readonly number[] | undefined>();

/** Number of each member's host, in their order; undefined when all are on one. The same array each time. */
export function hostsOf(
  { surroundings: { hosts } }: Endpoint,
  members: Members,
): readonly number[] | undefined {
  if (hosts === undefined) return undefined;
  if (!known.has(members)) {
    const own = Array.from({ length: members.size }, (_, rank) => hosts[members.worldRankOf(rank)]!);
    known.set(members, own.every((host) => host === own[0]) ? undefined : own);
  }
  return known.get(members);
}
