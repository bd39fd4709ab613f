import type { Packet } from "../codec/packet.js";
import { slab } from "../codec/slab.js";
import type { SendOrder } from "../endpoint/operation.js";
import { EAGER_BYTES } from "../flow/credit.js";
import type { Members } from "./members.js";

/** What the endpoint is told of a message of the user's; `dest` is a rank of the communicator. */
export function orderOf(
  context: number,
  members: Members,
  operation: string,
  packet: Packet,
  dest: number,
  tag: number,
  synchronous: boolean,
): SendOrder {
  const to = members.worldRankOf(dest);
  return { context, dest: to, tag, packet, operation, synchronous, signature: 0, shape: 0 };
}

/** The message has left for another rank, and its user need not wait: if it was small, it has been copied. */
export function giveBack({ packet: { bytes, owned } }: SendOrder): void {
  if (owned && bytes.byteLength <= EAGER_BYTES) slab.giveBack(bytes);
}
