import type { Allocation, AppSpec, HostSlots, JobSpec, Plan, RankPlan } from "@tsmpi/protocol";
import { checkRoom, fewerThanAsked, notice } from "./room.js";
import { contradiction, hasNoNumber, tooManyForSequence } from "./mistakes.js";
import { order, shareByHost, shareByNode, shareBySlot, type Room } from "./shares.js";

/** A rank's host and program, both as indices. */
interface Seat {
  readonly host: number;
  readonly app: number;
}

/**
 * Decides who runs where. Pure. Ranks are numbered through the apps in the order given, and later
 * apps get what earlier ones have left. Throws a LaunchProblem when the ranks do not fit, or the
 * numbers contradict each other.
 */
export function place(spec: JobSpec, allocation: Allocation): Plan {
  const { hosts } = allocation;
  const used = hosts.map(() => 0);
  const seats: Seat[] = [];
  let turn = 0;
  spec.apps.forEach((app, index) => {
    const rooms = hosts.map((host, at) => ({
      slots: host.slots,
      used: used[at]!,
      most: host.maxSlots ?? Infinity,
    }));
    const { ranks, next } = placeApp(spec, app, allocation, rooms, { turn, placed: seats.length });
    turn = next;
    for (const host of ranks) {
      used[host]!++;
      seats.push({ host, app: index });
    }
  });
  checkRoom(used, spec, allocation);
  return {
    apps: spec.apps,
    ...ranksOnHosts(seats, hosts, used),
    bindTo: spec.bindTo,
    notice: notice(used, spec, allocation),
  };
}

/** The hosts of an app's ranks in their order, and whose turn it is after them. */
function placeApp(
  spec: JobSpec,
  app: AppSpec,
  allocation: Allocation,
  rooms: readonly Room[],
  { turn, placed }: { readonly turn: number; readonly placed: number },
): { readonly ranks: readonly number[]; readonly next: number } {
  const { mapBy, rankBy } = spec;
  const perHost = app.ranksPerHost ?? (mapBy.type === "ppr" ? mapBy.ranks : undefined);
  const conflict = contradiction(spec, app, perHost, rooms.length);
  if (conflict !== undefined) throw conflict;
  if (mapBy.type === "seq") {
    return { ranks: followSequence(allocation, app, spec.apps.length, placed), next: turn };
  }
  if (app.ranks === undefined && perHost === undefined && spec.apps.length > 1) throw hasNoNumber(app);
  if (perHost !== undefined) {
    const shares = shareByHost(rooms, app.ranks, perHost);
    return { ranks: all(order(shares, rankBy ?? "slot"), app.ranks ?? perHost * rooms.length), next: turn };
  }
  const count = app.ranks ?? rooms.reduce((sum, { slots }) => sum + slots, 0);
  if (mapBy.type === "slot") {
    return { ranks: all(order(shareBySlot(rooms, count), rankBy ?? "slot"), count), next: turn };
  }
  const { shares, next } = shareByNode(rooms, count, turn);
  const rotated = (hosts: readonly number[]) => hosts.map((host) => (host + turn) % rooms.length);
  // The first rank goes to the host whose turn it is.
  const inTurn = rooms.map((_, at) => shares[(at + turn) % rooms.length]!);
  const ranks = (rankBy ?? "node") === "node" ? rotated(order(inTurn, "node")) : order(shares, "slot");
  return { ranks: all(ranks, count), next };

  function all(ranks: readonly number[], asked: number): readonly number[] {
    if (ranks.length < asked) throw fewerThanAsked(asked, placed, allocation);
    return ranks;
  }
}

/** Each rank on the host of its line, going on where the app before has ended. */
function followSequence(
  { hosts, sequence, origin }: Allocation,
  app: AppSpec,
  apps: number,
  placed: number,
): number[] {
  const index = new Map(hosts.map(({ host }, at) => [host, at]));
  const lines = (sequence ?? hosts.map(({ host }) => host)).slice(placed);
  if (app.ranks === undefined && apps > 1) throw hasNoNumber(app);
  const count = app.ranks ?? lines.length;
  if (count > lines.length) throw tooManyForSequence(count + placed, lines.length + placed, origin);
  return lines.slice(0, count).map((host) => index.get(host)!);
}

function ranksOnHosts(
  seats: readonly Seat[],
  hosts: readonly HostSlots[],
  used: readonly number[],
): Pick<Plan, "hosts" | "ranks"> {
  const inUse = hosts.flatMap((_, host) => (used[host]! > 0 ? [host] : []));
  const newIndex = new Map(inUse.map((host, index) => [host, index]));
  const local = hosts.map(() => 0);
  return {
    hosts: inUse.map((host) => hosts[host]!),
    ranks: seats.map(({ host, app }, rank): RankPlan => ({
      rank,
      localRank: local[host]!++,
      localSize: used[host]!,
      host: hosts[host]!.host,
      hostIndex: newIndex.get(host)!,
      app,
    })),
  };
}
