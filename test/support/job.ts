/** A job as a plain command line asks for it. */
import type { JobSpec } from "@tsmpi/protocol";

/** What `tsmpirun` without any option asks for, changed as said. */
export function jobSpec(changes: Partial<JobSpec>): JobSpec {
  return {
    apps: [],
    oversubscribe: undefined,
    hosts: undefined,
    hostfile: undefined,
    mapBy: { type: "slot" },
    rankBy: undefined,
    bindTo: "none",
    remote: {
      launcher: "auto",
      rshAgent: undefined,
      sshArgs: [],
      remotePrefix: [],
      iface: undefined,
      connectTimeoutSeconds: 30,
      encrypt: true,
    },
    ...changes,
  };
}
