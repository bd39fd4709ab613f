import type { Channel } from "../channel.js";
import { decode } from "../codec/decode.js";
import { encode } from "../codec/encode.js";
import { allgather } from "../collectives/allgather.js";
import { bcast } from "../collectives/bcast.js";
import { packetOrFailure, unlessFailure } from "../collectives/failure.js";

/** What every rank offers, in rank order. If one's `offer` throws, its error is thrown on every rank. */
export async function exchange<T>(channel: Channel, offer: () => T): Promise<T[]> {
  let failure: unknown;
  const attempt = () => {
    try {
      return encode(offer());
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const packets = await allgather(channel, packetOrFailure(attempt));
  if (failure !== undefined) throw failure;
  return packets.map((packet) => decode(unlessFailure(packet)) as T);
}

/** What rank 0 decides. If its `decide` throws, the error is thrown on every rank. */
export async function follow<T>(channel: Channel, decide: () => T): Promise<T> {
  const packet = channel.rank === 0 ? packetOrFailure(() => encode(decide())) : undefined;
  return decode(unlessFailure(await bcast(channel, packet, 0))) as T;
}
