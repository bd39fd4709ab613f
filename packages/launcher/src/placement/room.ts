/** More ranks than slots: whether that is fine, and what to say. Pure. */
import {
  EXIT,
  type Allocation,
  type AllocationKind,
  type AppSpec,
  type HostSlots,
  type JobSpec,
} from "@tsmpi/protocol";
import { compressHosts } from "../allocation/compress.js";
import { LaunchProblem } from "../problem.js";

/** How to get more slots from whoever counts them. */
const MORE: Readonly<Record<Exclude<AllocationKind, "local" | "hosts" | "nodefile">, string>> = {
  slurm: "ask Slurm for more tasks (--ntasks)",
  pbs: "ask PBS for more processes (-l select=…:mpiprocs=…)",
  sge: "ask Grid Engine for more slots (-pe)",
  lsf: "ask LSF for more slots (-n)",
};

/** Throws a LaunchProblem when a host has more ranks than slots and nobody said that this is fine. */
export function checkRoom(used: readonly number[], spec: JobSpec, allocation: Allocation): void {
  if (mayOversubscribe(spec, allocation)) return;
  const full = allocation.hosts.findIndex(({ slots }, host) => used[host]! > slots);
  if (full === -1) return;
  const ranks = sum(used);
  const slots = sum(allocation.hosts.map((host) => host.slots));
  const { host, slots: its } = allocation.hosts[full]!;
  const first =
    ranks > slots
      ? `${ranks} ranks need ${count(ranks, "slot")}, and there ${slots === 1 ? "is" : "are"} ${slots} (${allocation.origin}):`
      : `${used[full]} ranks on ${host} need as many slots, and it has ${its}:`;
  const remedies = [
    ...fewer(spec, allocation, ranks > slots),
    ...(spec.oversubscribe === false ? [] : moreSlots(spec, allocation, used)),
    spec.oversubscribe === false ? "leave out --nooversubscribe" : "add --oversubscribe",
  ];
  throw new LaunchProblem(EXIT.usage, [first, ...slotLines(allocation), alternatives(remedies)].join("\n"));
}

/** How to ask for no more ranks than there are slots. */
function fewer({ apps, mapBy }: JobSpec, { hosts }: Allocation, everywhere: boolean): string[] {
  const slots = hosts.map((host) => host.slots);
  const [{ ranks, ranksPerHost }] = apps as readonly [AppSpec];
  if (apps.length > 1) return everywhere ? [`start ${sum(slots)} ranks in all`] : [];
  if (ranksPerHost !== undefined || mapBy.type === "ppr") {
    const least = Math.min(...slots);
    if (least < 1) return [];
    return [ranksPerHost === undefined ? `use --map-by ppr:${least}:node` : `use -N ${least}`];
  }
  return everywhere && ranks !== undefined && sum(slots) > 0 ? [`use -n ${sum(slots)}`] : [];
}

function alternatives(remedies: readonly string[]): string {
  return remedies.length < 2
    ? remedies.join("")
    : `${remedies.slice(0, -1).join(", ")}, or ${remedies.at(-1)}`;
}

/** Ranks that no host takes, because of max_slots. */
export function fewerThanAsked(asked: number, placed: number, { hosts, origin }: Allocation): LaunchProblem {
  const limits = hosts.map(
    ({ host, slots, maxSlots, slotsOrigin }) =>
      `  ${host}: ${maxSlots === undefined ? slots : `never more than ${maxSlots}`} (${slotsOrigin})`,
  );
  const total = sum(hosts.map(({ maxSlots }) => maxSlots ?? Infinity));
  return new LaunchProblem(
    EXIT.usage,
    [
      `${asked + placed} ranks are more than the hosts of ${origin} take (max_slots):`,
      ...limits,
      Number.isFinite(total) && placed < total
        ? `use -n ${total - placed}, or raise max_slots`
        : "raise max_slots",
    ].join("\n"),
  );
}

/** A line for somebody who has more ranks than cores on a machine where that is fine. */
export function notice(used: readonly number[], spec: JobSpec, allocation: Allocation): string | undefined {
  if (spec.oversubscribe !== undefined) return undefined;
  const over = allocation.hosts.some(({ slots }, host) => used[host]! > slots);
  return over ? `${sum(used)} ranks share ${allocation.origin}` : undefined;
}

function mayOversubscribe({ oversubscribe }: JobSpec, { managed }: Allocation): boolean {
  return oversubscribe ?? !managed;
}

/** Which option or line to change so that there are slots enough. */
function moreSlots({ apps, mapBy }: JobSpec, allocation: Allocation, used: readonly number[]): string[] {
  const { kind, hosts, origin } = allocation;
  if (kind === "local") return [];
  if (kind === "nodefile") return [`ask for more slots than ${origin} has`];
  if (kind !== "hosts") return [MORE[kind]];
  const missing = sum(used) - sum(hosts.map(({ slots }) => slots));
  const short = hosts.filter(({ slots }, host) => used[host]! > slots);
  const fixed = mapBy.type === "ppr" || apps.some(({ ranksPerHost }) => ranksPerHost !== undefined);
  const wanted = new Map(
    fixed || missing <= 0
      ? short.map((host) => [host, used[hosts.indexOf(host)]!])
      : sharers(short[0]!, hosts).map((host, _, { length }) => [
          host,
          host.slots + Math.ceil(missing / length),
        ]),
  );
  const names = [...wanted.keys()];
  const [{ host, slotsOrigin }] = names as [HostSlots];
  const number = wanted.get(names[0]!)!;
  if (origin === "--host") {
    const all = hosts.map((one) => `${one.host}:${wanted.get(one) ?? one.slots}`);
    return [`write --host ${hosts.length <= 4 ? all.join(",") : `${host}:${number},…`}`];
  }
  const line = / line (\d+)/.exec(slotsOrigin)?.[1];
  if (line !== undefined && names.every((name) => name.slotsOrigin === slotsOrigin)) {
    const what = names.length === 1 ? `"${host} slots=${number}"` : `slots=${number}`;
    return [`write ${what} in line ${line} of ${origin}`];
  }
  const each = names.length === 1 ? "" : " each";
  return [
    `give ${compressHosts(names.map((name) => name.host))} ${count(number, "slot")}${each} in ${origin}`,
  ];
}

/** The hosts whose number stands in the same place. */
function sharers({ slotsOrigin }: HostSlots, hosts: readonly HostSlots[]): HostSlots[] {
  return hosts.filter((host) => host.slotsOrigin === slotsOrigin);
}

/** A line for each run of hosts with the same number from the same origin. */
function slotLines({ hosts, origin }: Allocation): string[] {
  const runs: { names: string[]; slots: number; slotsOrigin: string }[] = [];
  for (const { host, slots, slotsOrigin } of hosts) {
    const run = runs.at(-1);
    if (run?.slots === slots && run.slotsOrigin === slotsOrigin) run.names.push(host);
    else runs.push({ names: [host], slots, slotsOrigin });
  }
  return runs.map(
    ({ names, slots, slotsOrigin }) =>
      `  ${compressHosts(names)}: ${slots}${names.length > 1 ? " each" : ""}` +
      (slotsOrigin === origin ? "" : ` (${slotsOrigin})`),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
