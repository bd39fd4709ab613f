/** A job at one moment, for people. Pure. */
import { table } from "../lifecycle/table.js";
import type { RankSnapshot, Snapshot } from "./snapshot.js";

const MEBIBYTE = 2 ** 20;
const HEAD = [
  "rank",
  "host",
  "pid",
  "state",
  "operation",
  "peer",
  "tag",
  "communicator",
  "for",
  "cpu",
  "memory",
  "at",
] as const;

/** A line about the job, then one for each rank; of a rank's operations the oldest. */
export function describeSnapshot(snapshot: Snapshot): string[] {
  const { pid, seconds, programs, ranks } = snapshot;
  const size = `${ranks.length} rank${ranks.length === 1 ? "" : "s"}`;
  return [
    `tsmpirun ${pid}, ${size}, for ${seconds.toFixed(0)} s: ${programs.join(" : ")}`,
    ...rankTable(snapshot),
  ];
}

/** The ranks alone, head first. */
export function rankTable({ ranks }: Snapshot): string[] {
  return table([HEAD, ...ranks.map(row)]);
}

function row({ rank, host, activity, pending, usage }: RankSnapshot): string[] {
  const [oldest] = pending;
  const call =
    oldest === undefined
      ? ["", "", "", "", ""]
      : [
          pending.length > 1 ? `${oldest.operation} +${pending.length - 1}` : oldest.operation,
          String(oldest.peer ?? "any"),
          String(oldest.tag ?? "any"),
          oldest.communicator ?? "world",
          `${oldest.seconds.toFixed(1)} s`,
        ];
  return [
    String(rank),
    host,
    usage === null ? "" : String(usage.pid),
    activity,
    ...call,
    usage === null ? "" : `${usage.cpuSeconds.toFixed(1)} s`,
    usage === null ? "" : `${(usage.memoryBytes / MEBIBYTE).toFixed(0)} MiB`,
    oldest?.place ?? "",
  ];
}
