/** What is wrong with a host and what to do about it. Pure. */
import { table } from "../lifecycle/table.js";
import type { Finding } from "./examine.js";

const FEW_DESCRIPTORS = 1024;
const LITTLE_MEMORY = 64 * 2 ** 20;
const CLOCK_MS = 1000;

/** One line for each fault of a host; none: it is fit for jobs. */
export function faults(finding: Finding): string[] {
  const { host, condition, problem, clockAhead, unreachable } = finding;
  const found: string[] = [];
  if (problem !== undefined) found.push(problem);
  if (condition !== undefined) {
    const { descriptors, sharedMemory } = condition;
    if (descriptors !== null && descriptors < FEW_DESCRIPTORS) {
      found.push(
        `${host} lets a process open ${descriptors} files only: raise it with \`ulimit -n 4096\` in the shell's start-up file there`,
      );
    }
    if (sharedMemory === null) {
      found.push(`${host} has no /dev/shm: mount a tmpfs there, or set TMPDIR to a directory in memory`);
    } else if (sharedMemory < LITTLE_MEMORY) {
      found.push(
        `${host} has ${Math.floor(sharedMemory / 2 ** 20)} MiB free in /dev/shm: remove old files there, or give the container more (--shm-size)`,
      );
    }
    if (Math.abs(clockAhead) > CLOCK_MS) {
      const by = (Math.abs(clockAhead) / 1e3).toFixed(1);
      found.push(
        `the clock of ${host} is ${by} s ${clockAhead > 0 ? "fast" : "slow"}: let chrony or ntpd set it on all hosts`,
      );
    }
  }
  if (unreachable.length > 0) {
    found.push(
      `${host} cannot connect to ${unreachable.join(", ")}: open all TCP ports between the hosts, or name their common network with --iface`,
    );
  }
  return found;
}

/** The findings as a table, one host a line, then the faults. */
export function report(findings: readonly Finding[]): string {
  const head = ["host", "reached", "node", "cores", "files", "/dev/shm", "clock", "sees others"];
  const rows = findings.map((finding) => {
    const { host, condition, seconds, clockAhead, unreachable } = finding;
    if (condition === undefined) return [host, "no", "", "", "", "", "", ""];
    const { descriptors, sharedMemory } = condition;
    return [
      host,
      seconds === 0 ? "here" : `${seconds.toFixed(1)} s`,
      condition.node,
      String(condition.cores),
      descriptors === null ? "any" : String(descriptors),
      sharedMemory === null ? "none" : `${Math.floor(sharedMemory / 2 ** 20)} MiB`,
      `${clockAhead < 0 ? "-" : "+"}${(Math.abs(clockAhead) / 1e3).toFixed(1)} s`,
      unreachable.length === 0 ? "yes" : `not ${unreachable.length}`,
    ];
  });
  const found = findings.flatMap(faults);
  const verdict =
    found.length === 0
      ? `${findings.length === 1 ? "the host is" : `all ${findings.length} hosts are`} fit for jobs`
      : found.map((fault, index) => `${index + 1}. ${fault}`).join("\n");
  // It is all there is to see, and needs no indentation.
  const lines = table([head, ...rows]).map((line) => line.trimStart());
  return `${lines.join("\n")}\n\n${verdict}\n`;
}
