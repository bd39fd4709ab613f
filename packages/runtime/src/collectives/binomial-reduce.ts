import type { Channel } from "../channel.js";
import type { Combiner } from "./combiner.js";
import { isPiece } from "./piece.js";
import { binomialTree } from "./tree.js";

/**
 * Binomial tree over the ranks themselves, rooted at rank 0, so that every combination joins two
 * neighbouring ranges with the lower ranks on the left: the order depends on N alone, and operations
 * that do not commute come out right. Another root gets the result in one more message.
 *
 * Rounds: ceil(log2 N), one more if the root is not rank 0. Messages: N - 1 (N). Bytes: the payload
 * once for each message.
 *
 * @returns at the root the combination of all ranks' values, undefined elsewhere
 */
export async function binomialReduce<T>(
  channel: Channel,
  combiner: Combiner<T>,
  root: number,
): Promise<T | undefined> {
  const { rank, size } = channel;
  const { parent, children } = binomialTree(rank, size);
  for (const child of children) {
    const packet = await channel.receive(child);
    combiner.appendPacket(packet);
    // A child that announces a large value instead of sending one waits for an answer: no.
    if (isPiece(packet)) await channel.send(child, combiner.packet());
  }
  if (parent !== undefined) {
    await channel.send(parent, combiner.packet());
    combiner.throwFailure();
  }
  if (root === 0) return rank === 0 ? combiner.result() : undefined;
  if (rank === 0) {
    await channel.send(root, combiner.packet());
    combiner.throwFailure();
  }
  if (rank !== root) return undefined;
  combiner.replacePacket(await channel.receive(0));
  return combiner.result();
}
