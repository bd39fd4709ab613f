import type { BoardCall, Channel } from "../channel.js";
import { Combiner } from "./combiner.js";
import type { Elements } from "./elements.js";
import { fold } from "./fold.js";
import { halvesReduce } from "./selection.js";

/**
 * How combinations are grouped: as the binomial tree over the ranks does, or as recursive doubling, which
 * first folds pairs until their number is a power of two. The same unless the number of ranks is none.
 */
export type Grouping = "binomial" | "folded";

/** How messages group a reduction of this value. */
export function reduceGrouping({ size }: Channel, own: Elements | undefined): Grouping {
  return own !== undefined && halvesReduce(size, own.array.byteLength) ? "folded" : "binomial";
}

/** The same for one whose result all get: ranks that share cores reduce to one. */
export function allreduceGrouping(channel: Channel, own: Elements | undefined): Grouping {
  return channel.crowded && channel.size > 2 ? reduceGrouping(channel, own) : "folded";
}

/** Combines what all ranks have put up, in rank order. */
export function combineRanks<T>(
  channel: Channel,
  board: BoardCall,
  own: Combiner<T>,
  grouping: Grouping,
): Combiner<T> {
  const { rank: self, size } = channel;
  return combineGrouped(
    size,
    grouping,
    (rank) => (rank === self ? own : Combiner.of(own.op, board.read(rank))),
    (left, right) => left.append(right),
  );
}

/** Combines `size` values, asking for each once, in rank order. `join` puts the right one to the left one. */
export function combineGrouped<V>(
  size: number,
  grouping: Grouping,
  valueOf: (rank: number) => V,
  join: (left: V, right: V) => V,
): V {
  const { power } = fold(0, size);
  const pairs = grouping === "folded" ? size - power : 0;
  const stack: V[] = [];
  const top = (): V => stack.pop()!;
  const joinTop = () => {
    const right = top();
    stack.push(join(top(), right));
  };
  const units = size - pairs;
  for (let unit = 0, rank = 0; unit < units; unit++) {
    stack.push(valueOf(rank++));
    if (unit < pairs) {
      stack.push(valueOf(rank++));
      joinTop();
    }
    for (let ended = unit + 1; ended % 2 === 0; ended /= 2) joinTop();
  }
  while (stack.length > 1) joinTop();
  return top();
}
