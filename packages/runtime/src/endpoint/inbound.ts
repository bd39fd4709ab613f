import { Kind, WANTS_ACKNOWLEDGE, type Envelope } from "@tsmpi/protocol";
import { ownPacket } from "../codec/packet.js";
import { MESSAGE_OVERHEAD_BYTES } from "../flow/credit.js";
import type { Inbound } from "./operation.js";

/** A message, or its announcement, as it goes through matching. */
export function inboundOf(envelope: Envelope, payload: Uint8Array | undefined, owned: boolean): Inbound {
  const { source, context, tag, format, bytes, flags, id, kind, signature, shape } = envelope;
  return {
    source,
    tag,
    context,
    bytes,
    packet: payload === undefined ? undefined : { format, bytes: payload, owned },
    signature,
    shape,
    charge: kind === Kind.REQUEST ? 0 : bytes + MESSAGE_OVERHEAD_BYTES,
    id: (flags & WANTS_ACKNOWLEDGE) === 0 ? undefined : id,
    own: undefined,
    probed: false,
  };
}

/** A message stays: what lies in memory that will be used again is copied. */
export function keep(message: Inbound): void {
  const { packet } = message;
  if (packet !== undefined && !packet.owned && message.own === undefined) message.packet = ownPacket(packet);
}
