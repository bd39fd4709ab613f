import type { BoardCall, Channel } from "../channel.js";
import { after } from "./after.js";
import { prefersMessages } from "./selection.js";

/** What one of two algorithms makes of a call: that for a board if the channel has one, else that for messages. */
export function boardOr<R>(
  channel: Channel,
  onBoard: (board: BoardCall) => R | Promise<R>,
  byMessages: () => R | Promise<R>,
): R | Promise<R> {
  if (prefersMessages()) return byMessages();
  const board = channel.board?.();
  return board === undefined
    ? byMessages()
    : after(board, (board) => (board === undefined ? byMessages() : onBoard(board)));
}
