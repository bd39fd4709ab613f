import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import { Format } from "../codec/format.js";
import { emptyPacket, type Packet } from "../codec/packet.js";
import { isLater } from "./later.js";
import { isLarge } from "./selection.js";
import { awaitAll } from "./sends.js";

/**
 * Bruck's algorithm (1997): in the round with distance d every rank sends all it has, at most N - d
 * items, to the rank d behind and receives as much from the rank d ahead. In place of a large item
 * travels a note; so afterwards every rank knows whose items are large, and these go round a ring as
 * they are, each rank passing on what it has received. Failures travel as items.
 *
 * Rounds: ceil(log2 N), and N - 1 for the ring if all items are large. Messages per rank: as many.
 * Bytes per rank: N - 1 items; 16 a message and 16 an item where a message holds several.
 *
 * @returns the packets of all ranks in rank order
 */
export async function flatAllgather(channel: Channel, packet: Packet): Promise<Packet[]> {
  const { rank, size } = channel;
  // With up to three ranks no message ever holds two items.
  const isApart = size > 3 && isLarge("allgather", packet.bytes.byteLength);
  const own = isApart ? emptyPacket(Format.LATER) : packet;
  const items = [own]; // items[i] is the one of rank + i
  for (let distance = 1; distance < size; distance *= 2) {
    const count = Math.min(distance, size - distance);
    // Everybody sends before anybody receives: waiting for a large send first would be a deadlock.
    const sent = channel.send(
      (rank - distance + size) % size,
      count === 1 ? own : bundle(items.slice(0, count)),
    );
    const message = await channel.receive((rank + distance) % size);
    await sent;
    if (count === 1) items.push(message);
    else items.push(...unbundle(message));
  }
  if (items.some(isLater)) await passRound(channel, items, packet);
  return [...items.slice(size - rank), ...items.slice(0, size - rank)];
}

/** Fills in the items that are only noted: each comes from the rank ahead, which got it a step before. */
async function passRound(channel: Channel, items: Packet[], own: Packet): Promise<void> {
  const { rank, size } = channel;
  const behind = (rank - 1 + size) % size;
  const sends: (Promise<void> | undefined)[] = [];
  if (isLater(items[0]!)) {
    items[0] = own;
    sends.push(channel.send(behind, own));
  }
  for (let i = 1; i < size; i++) {
    if (!isLater(items[i]!)) continue;
    const item = await channel.receive((rank + 1) % size);
    if (i < size - 1) sends.push(channel.send(behind, item));
    // What is passed on may still be on its way when the caller gets it.
    items[i] = i < size - 1 ? { ...item, owned: false } : item;
  }
  await awaitAll(sends);
}
