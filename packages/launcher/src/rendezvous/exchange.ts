/**
 * Who listens, who asks, who has left: the bookkeeping of one job's ranks. Pure: what a rank
 * says goes in, what to tell which rank comes out.
 *
 * Every rank asked for is answered exactly once: with its endpoint when it listens, or with
 * `departed` when it has left. `left` and `finalized` are final.
 */
import type { AgentFrame, RankState } from "@tsmpi/protocol";

/** A frame and the rank it goes to. */
export interface Outgoing {
  readonly to: number;
  readonly frame: AgentFrame;
}

type Standing =
  | { readonly is: "absent" }
  | { readonly is: "listening" }
  | { readonly is: "finalized"; readonly sent: Readonly<Record<number, number>> }
  | { readonly is: "left" };

/** The bookkeeping. Each method takes one event and returns what to send because of it. */
export interface Exchange {
  hello(rank: number): Outgoing[];
  resolve(asker: number, ranks: readonly number[]): Outgoing[];
  finalize(rank: number, sent: Readonly<Record<number, number>>): Outgoing[];
  blocked(rank: number): Outgoing[];
  /** The rank's process has ended with code 0. */
  left(rank: number): Outgoing[];
  /** True when every rank has finalized or left. */
  readonly over: boolean;
  /** The state of a rank that has finalized, undefined for others. */
  finished(rank: number): RankState | undefined;
}

/** Bookkeeping for ranks 0 … size - 1, none of which has said anything. */
export function createExchange(size: number, endpointOf: (rank: number) => string): Exchange {
  const standings = new Map<number, Standing>();
  const askers = new Map<number, Set<number>>();
  const blockedRanks = new Set<number>();
  let gone = 0;

  const standing = (rank: number): Standing => standings.get(rank) ?? { is: "absent" };
  const isGone = (rank: number) => standing(rank).is === "finalized" || standing(rank).is === "left";
  const isRank = (rank: number) => Number.isInteger(rank) && rank >= 0 && rank < size;

  /** Messages a departed rank sent to somebody; null when nobody counted. */
  const sentTo = (departed: number, receiver: number): number | null => {
    const state = standing(departed);
    return state.is === "finalized" ? (state.sent[receiver] ?? 0) : null;
  };
  const departure = (to: number, ranks: readonly number[]): Outgoing[] =>
    ranks.length === 0
      ? []
      : [{ to, frame: { type: "departed", sent: Object.fromEntries(ranks.map((r) => [r, sentTo(r, to)])) } }];
  const presence = (to: number, ranks: readonly number[]): Outgoing[] =>
    ranks.length === 0
      ? []
      : [
          {
            to,
            frame: { type: "endpoints", endpoints: Object.fromEntries(ranks.map((r) => [r, endpointOf(r)])) },
          },
        ];

  const takeAskers = (rank: number): number[] => {
    const waiting = [...(askers.get(rank) ?? [])];
    askers.delete(rank);
    return waiting;
  };
  const depart = (rank: number, state: Standing): Outgoing[] => {
    if (isGone(rank)) return [];
    standings.set(rank, state);
    blockedRanks.delete(rank);
    gone++;
    const told = new Set([...takeAskers(rank), ...blockedRanks]);
    const news = [...told].flatMap((to) => departure(to, [rank]));
    return gone < size ? news : [...news, ...release()];
  };
  const release = (): Outgoing[] =>
    [...standings]
      .filter(([, state]) => state.is === "finalized")
      .map(([to]) => ({ to, frame: { type: "released" } }));

  return {
    hello(rank) {
      if (standing(rank).is !== "absent") return [];
      standings.set(rank, { is: "listening" });
      return takeAskers(rank).flatMap((to) => presence(to, [rank]));
    },
    resolve(asker, ranks) {
      const known = ranks.filter(isRank);
      for (const rank of known) {
        if (standing(rank).is !== "absent") continue;
        const waiting = askers.get(rank) ?? new Set();
        askers.set(rank, waiting.add(asker));
      }
      return [
        ...presence(
          asker,
          known.filter((rank) => standing(rank).is === "listening"),
        ),
        ...departure(asker, known.filter(isGone)),
      ];
    },
    finalize: (rank, sent) => depart(rank, { is: "finalized", sent }),
    blocked(rank) {
      if (isGone(rank) || blockedRanks.has(rank)) return [];
      blockedRanks.add(rank);
      return departure(
        rank,
        [...standings.keys()].filter((other) => other !== rank && isGone(other)),
      );
    },
    left: (rank) => depart(rank, { is: "left" }),
    get over() {
      return gone === size;
    },
    finished: (rank) => (standing(rank).is === "finalized" ? { pending: [], finalizing: true } : undefined),
  };
}
