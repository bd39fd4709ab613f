/** The collectives as functions that always return a promise: for tests and simulation. */
import type { Channel } from "./channel.js";
import type { Packet } from "./codec/packet.js";
import * as collectives from "./collectives/index.js";
import type { Combiner } from "./collectives/combiner.js";

export async function allgather(channel: Channel, packet: Packet): Promise<Packet[]> {
  return collectives.allgather(channel, packet);
}

export async function allreduce<T>(channel: Channel, combiner: Combiner<T>): Promise<T> {
  return collectives.allreduce(channel, combiner);
}

export async function alltoall(channel: Channel, packets: readonly Packet[]): Promise<Packet[]> {
  return collectives.alltoall(channel, packets);
}

export async function barrier(channel: Channel): Promise<void> {
  return collectives.barrier(channel);
}

export async function bcast(channel: Channel, packet: Packet | undefined, root: number): Promise<Packet> {
  return collectives.bcast(channel, packet, root);
}

export async function gather(channel: Channel, packet: Packet, root: number): Promise<Packet[] | undefined> {
  return collectives.gather(channel, packet, root);
}

export async function reduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  root: number,
): Promise<T | undefined> {
  return collectives.reduce(channel, combiner, root);
}

export async function scatter(
  channel: Channel,
  packets: readonly Packet[] | undefined,
  root: number,
): Promise<Packet> {
  return collectives.scatter(channel, packets, root);
}
