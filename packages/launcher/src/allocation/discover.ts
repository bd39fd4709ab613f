import type { Allocation } from "@tsmpi/protocol";
import { localhost } from "./localhost.js";

/** Where a job may run: the first origin that applies. */
export function discover(): Allocation {
  return localhost();
}
