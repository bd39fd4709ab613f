import type { Channel } from "../channel.js";
import { disseminate } from "./dissemination.js";

/** Returns on no rank before all have called it. */
export function barrier(channel: Channel): Promise<void> {
  return disseminate(channel);
}
