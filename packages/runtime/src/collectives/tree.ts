/**
 * The binomial tree over `size` nodes, rooted at node 0. Node v's parent is v without its lowest set
 * bit; its subtree is the contiguous range [v, v + span), where span is that bit (for the root, the
 * next power of two), cut at `size`. Contiguous subtrees keep rank order for free.
 */
export interface TreeNode {
  readonly parent: number | undefined;
  /** Smallest subtree first, so children are in ascending order. */
  readonly children: readonly number[];
  /** One past the last node of this subtree. */
  readonly end: number;
}

export function binomialTree(node: number, size: number): TreeNode {
  const children: number[] = [];
  let bit = 1;
  while ((node & bit) === 0 && node + bit < size) {
    children.push(node + bit);
    bit *= 2;
  }
  // The loop has stopped at the lowest set bit, or where no further child exists.
  while ((node & bit) === 0 && bit < size) bit *= 2;
  return {
    parent: node === 0 ? undefined : node - bit,
    children,
    end: node === 0 ? size : Math.min(size, node + bit),
  };
}

/** Node number of a rank when `root` is node 0. */
export function nodeOf(rank: number, root: number, size: number): number {
  return (rank - root + size) % size;
}

/** Rank of a node when `root` is node 0. */
export function rankOf(node: number, root: number, size: number): number {
  return (node + root) % size;
}
