import { MPIError } from "@tsmpi/protocol";
import { encode } from "../codec/encode.js";
import type { Packet } from "../codec/packet.js";
import { failurePacket, isFailure, packetOrFailure } from "../collectives/failure.js";

/** A list with one item for each rank, as its values and as what travels. */
export interface RankList<T> {
  readonly values: readonly T[];
  /** One for each rank; the same failure for all if the list cannot be sent. */
  readonly packets: readonly Packet[];
}

/**
 * Checks and encodes a list that must have one item for each of `size` ranks. It does not throw: the
 * other ranks wait for something, and get the failure in place of their items.
 *
 * @param items the list, or what makes it and may throw
 * @param who passes the list, for the message
 * @param cutting what hands out parts of a list that is longer, if anything does
 */
export function encodeList<T>(
  items: Iterable<T> | undefined | (() => Iterable<T>),
  size: number,
  who: string,
  cutting?: string,
): RankList<T> {
  const everywhere = (failure: Packet) => new Array<Packet>(size).fill(failure);
  if (typeof items === "function") {
    try {
      return encodeList(items(), size, who);
    } catch (error) {
      return { values: [], packets: everywhere(failurePacket(error)) };
    }
  }
  const problem = (text: string) => everywhere(failurePacket(new MPIError("ERR_COUNT", text)));
  if (typeof items !== "object" || items === null || !(Symbol.iterator in items)) {
    return { values: [], packets: problem(`${who} must pass a list of ${size} items, one for each rank`) };
  }
  const values = [...items];
  if (values.length !== size) {
    const isCut = cutting !== undefined && (values.length > size || ArrayBuffer.isView(items));
    const text =
      `${who} passed ${values.length} items for ${size} ranks; pass exactly one for each rank` +
      (isCut ? `, or use ${cutting}` : "");
    return { values, packets: problem(text) };
  }
  const packets = values.map((value) => packetOrFailure(() => encode(value)));
  const failure = packets.find(isFailure);
  return { values, packets: failure === undefined ? packets : everywhere(failure) };
}
