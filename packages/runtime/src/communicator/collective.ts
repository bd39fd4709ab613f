import type { Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Members } from "./members.js";
import { hostsOf } from "./placement.js";
import { PacketReceive } from "./receives.js";

/** Opens a channel for one call of a collective; `sequence` numbers the calls of a communicator. */
export function openChannel(
  endpoint: Endpoint,
  members: Members,
  rank: number,
  context: number,
  sequence: number,
  operation: string,
): Channel {
  return {
    rank,
    size: members.size,
    hosts: hostsOf(endpoint, members),
    send: (dest, packet: Packet) =>
      endpoint.send({
        context,
        dest: members.worldRankOf(dest),
        tag: sequence,
        packet,
        operation,
        synchronous: false,
      }),
    receive: (source) => {
      const receive = new PacketReceive(operation, members.worldRankOf(source), sequence);
      endpoint.receive(context, receive);
      return receive.promise;
    },
  };
}
