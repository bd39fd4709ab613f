import { EXIT, type Allocation, type HostSlots } from "@tsmpi/protocol";
import { scanPattern } from "./hostlist.js";
import { mergeHosts, readNamedFile, requireHosts, type Surroundings } from "./scheduler.js";
import { malformed } from "./source.js";

const VARIABLE = "PE_HOSTFILE";

/**
 * The hosts of a Grid Engine job in a parallel environment; undefined outside of one. A line of
 * its file is `host slots queue processors`; a host has a line for each of its queues.
 */
export function fromGridEngine(surroundings: Surroundings): Allocation | undefined {
  const { SGE_ROOT: root, PE_HOSTFILE: path, JOB_ID: job } = surroundings.environment;
  if (!root || !path) return undefined;
  const hosts = mergeHosts(
    readNamedFile(VARIABLE, surroundings)
      .split(/\r?\n/)
      .flatMap((text, index) => (text.trim() === "" ? [] : [parseLine(text, index + 1)])),
  );
  requireHosts(hosts, VARIABLE);
  return { kind: "sge", hosts, origin: job ? `Grid Engine job ${job}` : VARIABLE, managed: true };
}

function parseLine(text: string, line: number): HostSlots {
  const source = { name: VARIABLE, line, text, exitCode: EXIT.failure };
  const start = text.search(/\S/);
  const { end } = scanPattern(source, start);
  const [, space, slots] = /^(\s+)(\d{1,9})(?=\s|$)/.exec(text.slice(end)) ?? [];
  if (space === undefined || slots === undefined) {
    throw malformed(
      source,
      end,
      "expected a host and its number of slots, as in node01 4 all.q@node01 UNDEFINED",
    );
  }
  return { host: text.slice(start, end), slots: Number(slots), slotsOrigin: VARIABLE };
}
