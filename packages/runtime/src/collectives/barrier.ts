import type { Channel } from "../channel.js";
import { disseminate } from "./dissemination.js";
import { frugalLayoutOf } from "./hosts.js";
import { twoLevelBarrier } from "./two-level-barrier.js";

/** Returns on no rank before all have called it. */
export function barrier(channel: Channel): Promise<void> {
  const layout = frugalLayoutOf(channel);
  return layout === undefined ? disseminate(channel) : twoLevelBarrier(channel, layout);
}
