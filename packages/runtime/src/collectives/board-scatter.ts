import type { BoardCall, Channel } from "../channel.js";
import type { Packet } from "../codec/packet.js";
import { after } from "./after.js";
import { EMPTY } from "./board-empty.js";

/** The root puts up a packet for each, and everybody takes its own. */
export function boardScatter(
  { rank }: Channel,
  board: BoardCall,
  packets: readonly Packet[] | undefined,
  root: number,
): Packet | Promise<Packet> {
  if (rank !== root) {
    board.post(EMPTY);
    return after(board.posted(root), () => board.read(root));
  }
  board.post(packets!, true);
  return after(board.finished(), () => packets![root]!);
}
