import type { Channel } from "../channel.js";
import { Format } from "../codec/format.js";
import { emptyPacket } from "../codec/packet.js";

/**
 * Dissemination barrier (Hensgen, Finkel, Manber 1988): in round k every rank tells the rank 2^k
 * ahead and hears from the rank 2^k behind; after the last round it has heard, at some remove, of all.
 *
 * Rounds: ceil(log2 N). Messages per rank: as many, without payload.
 */
export async function disseminate(channel: Channel): Promise<void> {
  const { rank, size } = channel;
  for (let distance = 1; distance < size; distance *= 2) {
    await channel.send((rank + distance) % size, emptyPacket(Format.UNDEFINED));
    await channel.receive((rank - distance + size) % size);
  }
}
