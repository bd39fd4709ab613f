/** How a host is: what a job may need there. */
import { statfsSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { descriptorLimit } from "./limits.js";

/** What of a host may matter to a job. */
export interface Condition {
  /** What the host calls itself. */
  readonly hostname: string;
  /** Version of its Node. */
  readonly node: string;
  readonly cores: number;
  /** Open files a process may have; null: no limit. */
  readonly descriptors: number | null;
  /** Free bytes of /dev/shm; null: there is none. */
  readonly sharedMemory: number | null;
  /** Its clock, in milliseconds since 1970. */
  readonly clock: number;
}

/** The condition of this host, now. */
export function condition(): Condition {
  const limit = descriptorLimit();
  return {
    hostname: hostname(),
    node: process.versions.node,
    cores: availableParallelism(),
    descriptors: limit === Infinity ? null : limit,
    sharedMemory: freeSharedMemory(),
    clock: Date.now(),
  };
}

function freeSharedMemory(): number | null {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize;
  } catch {
    return null;
  }
}
