import type { BoardCall, Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "./after.js";
import { EMPTY } from "./board-empty.js";

/** The root puts its packet up, and everybody takes it from there. Large ones are copied once, by each reader. */
export function boardBcast(
  { rank }: Channel,
  board: BoardCall,
  packet: Packet | undefined,
  root: number,
): Packet | Promise<Packet> {
  if (rank !== root) {
    board.post(EMPTY);
    return after(board.posted(root), () => board.read(root));
  }
  board.post(packet!, true);
  return after(board.finished(), () => packet!);
}
