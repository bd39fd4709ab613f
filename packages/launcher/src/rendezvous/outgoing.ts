import type { AgentFrame } from "@tsmpi/protocol";

/** A frame and the rank it goes to. */
export interface Outgoing {
  readonly to: number;
  readonly frame: AgentFrame;
}
