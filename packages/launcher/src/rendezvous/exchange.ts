/**
 * Who has left: the bookkeeping of one job's ranks. Pure: what a rank says goes in, what to tell
 * which rank comes out. `left` and `finalized` are final.
 */
import type { AgentFrame, Tally } from "@tsmpi/protocol";

/** A frame and the rank it goes to. */
export interface Outgoing {
  readonly to: number;
  readonly frame: AgentFrame;
}

/** What a rank has said, or what has become of it, as far as it concerns other ranks. */
export type Said =
  | { readonly type: "hello" }
  | {
      readonly type: "finalize";
      readonly sent: Readonly<Record<number, number>>;
      readonly tallies?: readonly Tally[];
    }
  /** Waits for long, and can be told of ranks that have left. */
  | { readonly type: "blocked" }
  /** Nothing of it waits any more. */
  | { readonly type: "resumed" }
  /** Its process has ended with code 0. */
  | { readonly type: "left" };

type Standing =
  | { readonly is: "absent" }
  | { readonly is: "listening" }
  | { readonly is: "finalized"; readonly sent: Readonly<Record<number, number>> }
  | { readonly is: "left" };

/** The bookkeeping. Each method takes one event and returns what to send because of it. */
export interface Exchange {
  /** The method for what was said. */
  hear(rank: number, said: Said): Outgoing[];
  hello(rank: number): Outgoing[];
  finalize(rank: number, sent: Readonly<Record<number, number>>, tallies?: readonly Tally[]): Outgoing[];
  blocked(rank: number): Outgoing[];
  resumed(rank: number): Outgoing[];
  /** The rank's process has ended with code 0. */
  left(rank: number): Outgoing[];
  /** True when every rank has finalized or left. */
  readonly over: boolean;
  /** What ranks that have finalized have called; none by those that left and had never said hello. */
  readonly tallies: ReadonlyMap<number, readonly Tally[]>;
  /** True when every rank that has not finalized or left has been blocked for long, and there is one. */
  readonly stalled: boolean;
}

/** Bookkeeping for ranks 0 … size - 1, none of which has said anything. */
export function createExchange(size: number): Exchange {
  const standings = new Map<number, Standing>();
  /** Those that want to hear who has left. */
  const listeners = new Set<number>();
  const blockedRanks = new Set<number>();
  const tallies = new Map<number, readonly Tally[]>();
  let gone = 0;

  const standing = (rank: number): Standing => standings.get(rank) ?? { is: "absent" };
  const isGone = (rank: number) => standing(rank).is === "finalized" || standing(rank).is === "left";

  /** Messages a departed rank sent to somebody; null when nobody counted. */
  const sentTo = (departed: number, receiver: number): number | null => {
    const state = standing(departed);
    return state.is === "finalized" ? (state.sent[receiver] ?? 0) : null;
  };
  const departure = (to: number, ranks: readonly number[]): Outgoing[] =>
    ranks.length === 0
      ? []
      : [{ to, frame: { type: "departed", sent: Object.fromEntries(ranks.map((r) => [r, sentTo(r, to)])) } }];
  const depart = (rank: number, state: Standing): Outgoing[] => {
    if (isGone(rank)) return [];
    standings.set(rank, state);
    listeners.delete(rank);
    blockedRanks.delete(rank);
    gone++;
    const news = [...listeners].flatMap((to) => departure(to, [rank]));
    return gone < size ? news : [...news, ...release()];
  };
  const release = (): Outgoing[] =>
    [...standings]
      .filter(([, state]) => state.is === "finalized")
      .map(([to]) => ({ to, frame: { type: "released" } }));

  return {
    hear(rank, said) {
      switch (said.type) {
        case "hello":
          return this.hello(rank);
        case "finalize":
          return this.finalize(rank, said.sent, said.tallies);
        case "blocked":
          return this.blocked(rank);
        case "resumed":
          return this.resumed(rank);
        case "left":
          return this.left(rank);
      }
    },
    hello(rank) {
      if (standing(rank).is !== "absent") return [];
      standings.set(rank, { is: "listening" });
      return [];
    },
    finalize(rank, sent, said) {
      if (said !== undefined && !isGone(rank)) tallies.set(rank, said);
      return depart(rank, { is: "finalized", sent });
    },
    blocked(rank) {
      if (isGone(rank)) return [];
      blockedRanks.add(rank);
      if (listeners.has(rank)) return [];
      listeners.add(rank);
      return departure(
        rank,
        [...standings.keys()].filter((other) => other !== rank && isGone(other)),
      );
    },
    resumed(rank) {
      blockedRanks.delete(rank);
      return [];
    },
    left(rank) {
      if (standing(rank).is === "absent") tallies.set(rank, []);
      return depart(rank, { is: "left" });
    },
    tallies,
    get over() {
      return gone === size;
    },
    get stalled() {
      return blockedRanks.size > 0 && gone + blockedRanks.size === size;
    },
  };
}
