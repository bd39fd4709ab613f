import { Format } from "../codec/format.js";
import type { Packet } from "../codec/packet.js";

/**
 * True for the note that stands for a large item. Items of different ranks may differ in size, so no
 * rank can tell alone what is best for all; with the note each decides for its own items and the
 * others see it.
 */
export function isLater(packet: Packet): boolean {
  return packet.format === Format.LATER;
}
