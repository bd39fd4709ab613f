/**
 * Who has left: the bookkeeping of one job's ranks. Pure: what a rank says goes in, what to tell
 * which rank comes out. `left` and `finalized` are final.
 */
import type { AgentFrame, FinalCounts, FinalWord, Tally } from "@tsmpi/protocol";

/** A frame and the rank it goes to. */
export interface Outgoing {
  readonly to: number;
  readonly frame: AgentFrame;
}

/** What a rank has said, or what has become of it, as far as it concerns other ranks. */
export type Said =
  | { readonly type: "hello" }
  | ({ readonly type: "finalize" } & FinalWord)
  /** Waits for long, and can be told of ranks that have left. */
  | { readonly type: "blocked" }
  /** Nothing of it waits any more. */
  | { readonly type: "resumed" }
  /** Has nothing left to do but to receive, and wants to hear who else has. */
  | { readonly type: "audit"; readonly sent: Readonly<Record<number, number>> }
  /** Its process has ended with code 0. */
  | { readonly type: "left" };

type Standing =
  | { readonly is: "absent" }
  | { readonly is: "listening" }
  | { readonly is: "auditing"; readonly sent: Readonly<Record<number, number>> }
  | ({ readonly is: "finalized" } & FinalCounts)
  /** Never: it has taken part in no communication. */
  | { readonly is: "left"; readonly never: boolean };

/** The bookkeeping. Each method takes one event and returns what to send because of it. */
export interface Exchange {
  /** The method for what was said. */
  hear(rank: number, said: Said): Outgoing[];
  hello(rank: number): Outgoing[];
  finalize(rank: number, word: FinalWord): Outgoing[];
  blocked(rank: number): Outgoing[];
  resumed(rank: number): Outgoing[];
  audit(rank: number, sent: Readonly<Record<number, number>>): Outgoing[];
  /** The rank's process has ended with code 0. */
  left(rank: number): Outgoing[];
  /** True when every rank has finalized or left. */
  readonly over: boolean;
  /** What ranks that have finalized have called; none by those that left and had never said hello. */
  readonly tallies: ReadonlyMap<number, readonly Tally[]>;
  /** True when every rank that has not finalized or left has been blocked for long, and there is one. */
  readonly stalled: boolean;
  /** When it is over: pairs of ranks of which the first never read all messages that the second has sent it. */
  unread(): [receiver: number, sender: number][];
}

/** Bookkeeping for ranks 0 … size - 1, none of which has said anything. */
export function createExchange(size: number): Exchange {
  const standings = new Map<number, Standing>();
  /** Those that want to hear who has left. */
  const listeners = new Set<number>();
  const blockedRanks = new Set<number>();
  const tallies = new Map<number, readonly Tally[]>();
  /** How many have nothing left to do, and how many of them do not even receive any more. */
  let gone = 0;
  let ended = 0;

  const standing = (rank: number): Standing => standings.get(rank) ?? { is: "absent" };
  const isEnded = (rank: number) => standing(rank).is === "finalized" || standing(rank).is === "left";
  const isGone = (rank: number) => isEnded(rank) || standing(rank).is === "auditing";

  /** Messages a departed rank sent to somebody; null when nobody counted. */
  const sentTo = (departed: number, receiver: number): number | null => {
    const state = standing(departed);
    return "sent" in state ? (state.sent[receiver] ?? 0) : null;
  };
  /** Undefined if that is not known, or does not matter. */
  const receivedBy = (receiver: number, sender: number): number | undefined => {
    const state = standing(receiver);
    if (state.is === "left") return state.never ? 0 : undefined;
    return state.is === "finalized" && state.received !== undefined
      ? (state.received[sender] ?? 0)
      : undefined;
  };
  const departure = (to: number, ranks: readonly number[]): Outgoing[] =>
    ranks.length === 0
      ? []
      : [{ to, frame: { type: "departed", sent: Object.fromEntries(ranks.map((r) => [r, sentTo(r, to)])) } }];
  const depart = (rank: number, state: Standing): Outgoing[] => {
    if (isEnded(rank)) return [];
    const known = isGone(rank);
    standings.set(rank, state);
    if (isEnded(rank)) {
      listeners.delete(rank);
      ended++;
    }
    blockedRanks.delete(rank);
    if (!known) gone++;
    const news = known ? [] : [...listeners].flatMap((to) => (to === rank ? [] : departure(to, [rank])));
    return ended < size ? news : [...news, ...release()];
  };
  /** From now on it hears who leaves; now, who has left. */
  const listen = (rank: number): Outgoing[] => {
    if (listeners.has(rank)) return [];
    listeners.add(rank);
    return departure(
      rank,
      [...standings.keys()].filter((other) => other !== rank && isGone(other)),
    );
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
          return this.finalize(rank, said);
        case "blocked":
          return this.blocked(rank);
        case "resumed":
          return this.resumed(rank);
        case "audit":
          return this.audit(rank, said.sent);
        case "left":
          return this.left(rank);
      }
    },
    hello(rank) {
      if (standing(rank).is !== "absent") return [];
      standings.set(rank, { is: "listening" });
      return [];
    },
    finalize(rank, { tallies: called, sent, received, due }) {
      if (called !== undefined && !isEnded(rank)) tallies.set(rank, called);
      return depart(rank, { is: "finalized", sent, received, due });
    },
    blocked(rank) {
      if (isGone(rank)) return [];
      blockedRanks.add(rank);
      return listen(rank);
    },
    audit: (rank, sent) => (isGone(rank) ? [] : [...depart(rank, { is: "auditing", sent }), ...listen(rank)]),
    resumed(rank) {
      blockedRanks.delete(rank);
      return [];
    },
    left(rank) {
      const never = standing(rank).is === "absent";
      if (never) tallies.set(rank, []);
      return depart(rank, { is: "left", never });
    },
    tallies,
    unread() {
      const pairs: [number, number][] = [];
      for (const [sender, state] of standings) {
        if (state.is !== "finalized" || state.received === undefined) continue;
        for (const [to, sent] of Object.entries(state.sent)) {
          const receiver = Number(to);
          const got = receivedBy(receiver, sender);
          if (got !== undefined && got < (state.due?.[receiver] ?? sent)) pairs.push([receiver, sender]);
        }
      }
      return pairs;
    },
    get over() {
      return ended === size;
    },
    get stalled() {
      return blockedRanks.size > 0 && gone + blockedRanks.size === size;
    },
  };
}
