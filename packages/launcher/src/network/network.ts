import type { Keys } from "@tsmpi/protocol";
import type { HostAddresses } from "./addresses.js";

/** Where ranks of all hosts listen. */
export interface Network {
  /** By host index. */
  readonly hosts: readonly HostAddresses[];
  /** TCP port of each rank of the world. */
  readonly ports: readonly number[];
  /** Host index of each rank of the world. */
  readonly hostOf: readonly number[];
  /** The job's CURVE keys; undefined: ranks do not encrypt. */
  readonly keys: Keys | undefined;
}
