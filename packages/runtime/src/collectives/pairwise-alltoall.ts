import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";

/**
 * Pairwise exchange: every rank sends to the ranks behind it in turn, nearest first, and receives from
 * the ranks before it in the same order, so that no rank is everybody's target at once. Failures
 * travel as items.
 *
 * Rounds: N - 1. Messages per rank: N - 1. Bytes per rank: N - 1 items.
 *
 * @param packets one for each rank
 * @returns one from each rank, this rank's own among them
 */
export async function pairwiseAlltoall(channel: Channel, packets: readonly Packet[]): Promise<Packet[]> {
  const { rank, size } = channel;
  const sends: (Promise<void> | undefined)[] = [];
  for (let distance = 1; distance < size; distance++) {
    const dest = (rank + distance) % size;
    sends.push(channel.send(dest, packets[dest]!));
  }
  const received = [...packets];
  for (let distance = 1; distance < size; distance++) {
    const source = (rank - distance + size) % size;
    received[source] = await channel.receive(source);
  }
  for (const send of sends) if (send !== undefined) await send;
  return received;
}
