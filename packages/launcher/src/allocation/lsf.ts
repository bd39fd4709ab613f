import { EXIT, type Allocation, type HostSlots } from "@tsmpi/protocol";
import { scanPattern } from "./hostlist.js";
import { fromNodefile } from "./nodefile.js";
import { mergeHosts, requireHosts, type Surroundings } from "./scheduler.js";
import { malformed, type Source } from "./source.js";

const COUNTS = "LSB_MCPU_HOSTS";
const FILE = "LSB_DJOB_HOSTFILE";

/** The hosts of an LSF job, from `h1 4 h2 4` or a file with a line for each slot; undefined outside of one. */
export function fromLsf(surroundings: Surroundings): Allocation | undefined {
  const { LSB_JOBID: job, [COUNTS]: counts, [FILE]: file } = surroundings.environment;
  if (!job || (!counts && !file)) return undefined;
  const origin = `LSF job ${job}`;
  if (!counts) return fromNodefile("lsf", FILE, origin, surroundings);
  const hosts = mergeHosts(parsePairs({ name: COUNTS, text: counts, exitCode: EXIT.failure }));
  requireHosts(hosts, COUNTS);
  return { kind: "lsf", hosts, origin, managed: true };
}

function parsePairs(source: Source): HostSlots[] {
  const { text } = source;
  const hosts: HostSlots[] = [];
  for (let index = text.search(/\S|$/); index < text.length;) {
    const { end } = scanPattern(source, index);
    const [whole, slots] = /^\s+(\d{1,9})(?:\s+|$)/.exec(text.slice(end)) ?? [];
    if (whole === undefined || slots === undefined) {
      throw malformed(source, end, "expected a host and its number of slots, as in node01 4");
    }
    hosts.push({ host: text.slice(index, end), slots: Number(slots), slotsOrigin: COUNTS });
    index = end + whole.length;
  }
  return hosts;
}
