/** How many processes and threads this host still takes, and whether that is enough. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EXIT } from "@tsmpi/protocol";
import { LaunchProblem } from "../problem.js";

/** The threads of a node that has only just begun; any other program is at least one. */
const NODE_THREADS = 7;

/** Throws a LaunchProblem when the control group of this process has no room for ranks of these programs. */
export function checkProcesses(files: readonly string[], room = processRoom()): void {
  const needed = files.reduce((sum, file) => sum + (basename(file) === "node" ? NODE_THREADS : 1), 0);
  if (needed <= room) return;
  throw new LaunchProblem(
    EXIT.failure,
    `${files.length === 1 ? "1 rank needs" : `${files.length} ranks need`} ${needed} processes and threads or more, and the control group of this host has room ` +
      `for ${room}: start fewer ranks on it, or have its limit raised (pids.max; with Docker --pids-limit)`,
  );
}

/** Processes and threads that may still be started here; of several limits the narrowest. */
export function processRoom(): number {
  const group = /^0::(\/.*)$/m.exec(read("/proc/self/cgroup"))?.[1];
  const old = /^\d+:pids:(\/.*)$/m.exec(read("/proc/self/cgroup"))?.[1];
  return Math.min(roomIn("/sys/fs/cgroup", group), roomIn("/sys/fs/cgroup/pids", old));
}

function roomIn(mount: string, group: string | undefined): number {
  let room = Infinity;
  if (group === undefined) return room;
  const names = group.split("/").filter(Boolean);
  // Each group above has a limit of its own.
  for (let depth = names.length; depth >= 0; depth--) {
    const folder = [mount, ...names.slice(0, depth)].join("/");
    const [most, now] = ["max", "current"].map((name) => read(`${folder}/pids.${name}`).trim());
    if (/^\d+$/.test(most!) && /^\d+$/.test(now!)) room = Math.min(room, Number(most) - Number(now));
  }
  return Math.max(0, room);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
