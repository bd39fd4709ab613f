import { availableParallelism, hostname } from "node:os";
import type { Allocation } from "@tsmpi/protocol";

/** This machine alone: a slot a core, and nobody minds going over it. */
export function localhost(cores = availableParallelism(), host = hostname()): Allocation {
  return {
    hosts: [{ host, slots: cores }],
    origin: cores === 1 ? "the one core of this machine" : `the ${cores} cores of this machine`,
    managed: false,
  };
}
