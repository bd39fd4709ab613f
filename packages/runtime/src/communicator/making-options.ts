/** Options of `split` and `splitType`. */
export interface SplitOptions {
  /** Ranks of a part are ordered by it, ties by their rank here; default 0, so they keep their order. */
  readonly key?: number;
}

/** Options of `createGroup`. */
export interface CreateGroupOptions {
  /** Tells calls under way at the same time apart; 0 … TAG_UB, default 0. Never matches a message. */
  readonly tag?: number;
}

/** Options of `createCart`. */
export interface CartOptions {
  /** For each dimension, or for all, whether its ends are joined; default false. */
  readonly periods?: boolean | readonly boolean[];
  /** Allows ranks to change their order; today they never do. */
  readonly reorder?: boolean;
}
