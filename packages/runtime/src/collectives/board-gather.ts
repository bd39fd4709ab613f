import type { BoardCall, Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "./after.js";

/** Everybody puts its packet up; the last to come wakes the root, which reads all. */
export function boardGather(
  { rank, size }: Channel,
  board: BoardCall,
  packet: Packet,
  root: number,
): (Packet[] | undefined) | Promise<Packet[] | undefined> {
  const isLast = board.post(packet);
  if (isLast) board.release(undefined, root);
  if (rank !== root) return after(board.finished(), () => undefined);
  return after(isLast ? undefined : board.released(), () => readAll(board, size));
}

/** What all ranks have put up, in rank order. */
export function readAll(board: BoardCall, size: number): Packet[] {
  const packets: Packet[] = [];
  for (let rank = 0; rank < size; rank++) packets.push(board.read(rank));
  return packets;
}
