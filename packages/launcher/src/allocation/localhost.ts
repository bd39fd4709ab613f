import { availableParallelism, hostname } from "node:os";
import type { Allocation } from "@tsmpi/protocol";

/** This machine alone: a slot a core, and nobody minds going over it. */
export function localhost(cores = availableParallelism(), host = hostname()): Allocation {
  const origin = cores === 1 ? "the one core of this machine" : `the ${cores} cores of this machine`;
  return {
    kind: "local",
    hosts: [{ host, slots: cores, slotsOrigin: origin }],
    origin,
    managed: false,
  };
}
