import type { Allocation, HostSlots } from "@tsmpi/protocol";
import { hostsHere } from "../network/here.js";
import type { Reporter } from "../options.js";
import { PROGRESS_MS } from "./progress.js";

/** What `hostsHere` finds; a name server that does not answer takes its time, and that is said. */
export async function hostsOfThisMachine(
  allocation: Allocation,
  hosts: readonly HostSlots[],
  reporter: Reporter,
): Promise<number[]> {
  const began = performance.now();
  const names = hosts.length === 1 ? `the name ${hosts[0]!.host}` : `the names of ${hosts.length} hosts`;
  const progress = setInterval(() => {
    const seconds = (performance.now() - began) / 1e3;
    reporter.progress(
      `looking up ${names} for ${seconds.toFixed(0)} s; is there a name server that answers?`,
    );
  }, PROGRESS_MS);
  try {
    return await hostsHere(allocation, hosts);
  } finally {
    clearInterval(progress);
    reporter.progress(undefined);
  }
}
