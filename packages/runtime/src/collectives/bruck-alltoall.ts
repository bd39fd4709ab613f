import type { Channel } from "../channel.js";
import { bundle, unbundle } from "../codec/bundle.js";
import { Format } from "../codec/format.js";
import { emptyPacket, type Packet } from "../codec/packet.js";
import { isLater } from "./later.js";
import { isLarge } from "./selection.js";
import { awaitAll } from "./sends.js";

/**
 * Bruck's algorithm (1997): an item for the rank s ahead travels the distances that are the bits of s;
 * in the round with distance d every rank sends the rank d ahead all items that have to go so far, in
 * one message. In place of a large item travels a note, and the item follows straight, after the last
 * round. Failures travel as items.
 *
 * Rounds: ceil(log2 N); N - 1 more if all items are large. Messages per rank: as many. Bytes per rank:
 * about N / 2 items for each of the ceil(log2 N) messages, large items once; 8 a message and 16 an item
 * beside them.
 *
 * @param packets one for each rank
 * @returns one from each rank, this rank's own among them
 */
export async function bruckAlltoall(channel: Channel, packets: readonly Packet[]): Promise<Packet[]> {
  const { rank, size } = channel;
  const apart: number[] = [];
  // items[s] is on its way to a rank s ahead of where it began.
  const items = packets.map((_, ahead): Packet => {
    const dest = (rank + ahead) % size;
    const packet = packets[dest]!;
    if (ahead === 0 || !isLarge("alltoall", packet.bytes.byteLength)) return packet;
    apart.push(dest);
    return emptyPacket(Format.LATER);
  });
  for (let distance = 1; distance < size; distance *= 2) {
    const moving = [...items.keys()].filter((ahead) => (ahead & distance) !== 0);
    const sent = channel.send((rank + distance) % size, bundle(moving.map((ahead) => items[ahead]!)));
    const received = unbundle(await channel.receive((rank - distance + size) % size));
    await sent;
    for (const [index, ahead] of moving.entries()) items[ahead] = received[index]!;
  }
  const sends = apart.map((dest) => channel.send(dest, packets[dest]!));
  const result = [...packets];
  for (let ahead = 1; ahead < size; ahead++) {
    const source = (rank - ahead + size) % size;
    result[source] = isLater(items[ahead]!) ? await channel.receive(source) : items[ahead]!;
  }
  await awaitAll(sends);
  return result;
}
