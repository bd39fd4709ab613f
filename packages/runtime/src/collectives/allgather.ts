import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import type { Packet } from "../codec/packet.js";

/**
 * Bruck's algorithm (1997): in the round with distance d every rank sends all it has, at most N - d
 * items, to the rank d behind and receives as much from the rank d ahead. Failures travel as items.
 *
 * Rounds: ceil(log2 N). Messages per rank: as many. Bytes per rank: N - 1 items.
 *
 * @returns the packets of all ranks in rank order
 */
export async function allgather(channel: Channel, packet: Packet): Promise<Packet[]> {
  const { rank, size } = channel;
  const items = [packet]; // items[i] is the one of rank + i
  for (let distance = 1; distance < size; distance *= 2) {
    const count = Math.min(distance, size - distance);
    // Everybody sends before anybody receives: waiting for a large send first would be a deadlock.
    const sent = channel.send(
      (rank - distance + size) % size,
      count === 1 ? packet : bundle(items.slice(0, count)),
    );
    const message = await channel.receive((rank + distance) % size);
    await sent;
    if (count === 1) items.push(message);
    else items.push(...unbundle(message));
  }
  return [...items.slice(size - rank), ...items.slice(0, size - rank)];
}
