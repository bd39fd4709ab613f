import type { BoardCall, Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "./after.js";
import { EMPTY } from "./board-empty.js";

/**
 * The root puts up its packet, or one for each rank, and everybody takes it, or its own, from there. Large ones are
 * copied once, by who reads them.
 */
export function boardBcast(
  { rank }: Channel,
  board: BoardCall,
  packets: Packet | readonly Packet[] | undefined,
  root: number,
): Packet | Promise<Packet> {
  if (rank !== root) {
    board.post(EMPTY);
    return after(board.posted(root), () => board.read(root));
  }
  board.post(packets!, true);
  return after(board.finished(), () => ("format" in packets! ? packets : packets![root]!));
}
