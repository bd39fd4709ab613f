/**
 * Several packets as one: u32 count, then for each a f64 length and a f64 format, then the bytes.
 * Trees use it to send a subtree's items in one message.
 */
import { Format } from "./format.js";
import type { Packet } from "./packet.js";

const ENTRY_BYTES = 16;

/** One packet holding all of `packets`, copied now. */
export function bundle(packets: readonly Packet[]): Packet {
  let total = 8 + packets.length * ENTRY_BYTES;
  for (const packet of packets) total += packet.bytes.byteLength;
  const bytes = Buffer.allocUnsafe(total);
  bytes.writeDoubleLE(packets.length, 0);
  let entry = 8;
  let position = 8 + packets.length * ENTRY_BYTES;
  for (const packet of packets) {
    bytes.writeDoubleLE(packet.bytes.byteLength, entry);
    bytes.writeDoubleLE(packet.format, entry + 8);
    bytes.set(packet.bytes, position);
    entry += ENTRY_BYTES;
    position += packet.bytes.byteLength;
  }
  return { format: Format.BUNDLE, bytes, owned: true };
}

/** The packets of a bundle. Their bytes are views of the bundle's. */
export function unbundle({ bytes }: Packet): Packet[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getFloat64(0, true);
  const packets: Packet[] = [];
  let position = 8 + count * ENTRY_BYTES;
  for (let i = 0; i < count; i++) {
    const length = view.getFloat64(8 + i * ENTRY_BYTES, true);
    const format = view.getFloat64(16 + i * ENTRY_BYTES, true);
    packets.push({ format, bytes: bytes.subarray(position, position + length), owned: true });
    position += length;
  }
  return packets;
}
