import type { BoardCall, Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "./after.js";
import { readAll } from "./board-gather.js";

/** Everybody puts up its packet, or one for each rank, and reads all, or its own of all. */
export function boardAllgather(
  { size }: Channel,
  board: BoardCall,
  packets: Packet | readonly Packet[],
): Packet[] | Promise<Packet[]> {
  const isLast = board.post(packets);
  if (isLast) board.release();
  return after(isLast ? undefined : board.released(), () => {
    const packets = readAll(board, size);
    if (!board.lends) return packets;
    const all = packets.map(owned);
    return after(board.finished(), () => all);
  });
}

/** The same in memory that stays when this rank has left. */
function owned(packet: Packet): Packet {
  return packet.owned ? packet : { ...packet, bytes: Buffer.from(packet.bytes), owned: true };
}
