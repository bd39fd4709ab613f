/**
 * Who has left and who has failed: the bookkeeping of one job's ranks. Pure: what a rank says goes in,
 * what to tell which rank comes out. `left` and `finalized` are final, but for a failure.
 */
import type { Ballot, FinalCounts, FinalWord, Tally } from "@tsmpi/protocol";
import { Ballots } from "./ballots.js";
import type { Outgoing } from "./outgoing.js";

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
  /** Wants to hear of failures and revocations. */
  | { readonly type: "watch" }
  | { readonly type: "vote"; readonly ballot: Ballot }
  | { readonly type: "revoke"; readonly context: number }
  /** Its program knows that these ranks have failed. */
  | { readonly type: "noticed"; readonly ranks: readonly number[] }
  /** Its process has ended with code 0. */
  | { readonly type: "left" };

type Standing =
  | { readonly is: "absent" }
  | { readonly is: "listening" }
  | { readonly is: "auditing"; readonly sent: Readonly<Record<number, number>> }
  | ({ readonly is: "finalized" } & FinalCounts)
  /** Never: it has taken part in no communication. */
  | { readonly is: "left"; readonly never: boolean }
  | { readonly is: "failed" };

/** The bookkeeping. Each method takes one event and returns what to send because of it. */
export interface Exchange {
  /** The method for what was said. */
  hear(rank: number, said: Said): Outgoing[];
  hello(rank: number): Outgoing[];
  finalize(rank: number, word: FinalWord): Outgoing[];
  blocked(rank: number): Outgoing[];
  resumed(rank: number): Outgoing[];
  audit(rank: number, sent: Readonly<Record<number, number>>): Outgoing[];
  watch(rank: number): Outgoing[];
  vote(rank: number, ballot: Ballot): Outgoing[];
  revoke(rank: number, context: number): Outgoing[];
  /** The rank has failed, and the job goes on; `how` completes "rank 3 ". */
  failed(rank: number, how: string): Outgoing[];
  /** The rank's process has ended with code 0. */
  left(rank: number): Outgoing[];
  /** Ranks of whose failure some rank's program has been told because it asked. */
  readonly noticed: ReadonlySet<number>;
  /** True when every rank has finalized, left or failed. */
  readonly over: boolean;
  /** What ranks that have finalized have called; none by those that left and had never said hello. */
  readonly tallies: ReadonlyMap<number, readonly Tally[]>;
  /** True when every rank that has something left to do has been blocked for long, and there is one. */
  readonly stalled: boolean;
  /** When it is over: pairs of ranks of which the first never read all messages that the second has sent it. */
  unread(): [receiver: number, sender: number][];
}

/** Bookkeeping for ranks 0 … size - 1, none of which has said anything. */
export function createExchange(size: number): Exchange {
  const standings = new Map<number, Standing>();
  /** Those that want to hear who has left. */
  const listeners = new Set<number>();
  /** Those that want to hear who has failed, and what has been revoked. */
  const watchers = new Set<number>();
  const failures = new Map<number, string>();
  const noticed = new Set<number>();
  /** First contexts of communicators, and who has revoked them. */
  const revoked = new Map<number, number>();
  const blockedRanks = new Set<number>();
  const tallies = new Map<number, readonly Tally[]>();
  /** How many have nothing left to do, and how many of them do not even receive any more. */
  let gone = 0;
  let ended = 0;

  const standing = (rank: number): Standing => standings.get(rank) ?? { is: "absent" };
  const isEnded = (rank: number) => ["finalized", "left", "failed"].includes(standing(rank).is);
  const isGone = (rank: number) => isEnded(rank) || standing(rank).is === "auditing";
  const ballots = new Ballots(size, isGone, failures, noticed);

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
  const leave = (rank: number, state: Standing) => {
    const [wasEnded, wasGone] = [isEnded(rank), isGone(rank)];
    standings.set(rank, state);
    if (isEnded(rank)) {
      listeners.delete(rank);
      watchers.delete(rank);
      if (!wasEnded) ended++;
    }
    blockedRanks.delete(rank);
    if (!wasGone) gone++;
  };
  /** What follows from it that a rank is gone, when the others know how. */
  const conclude = (rank: number): Outgoing[] => [...ballots.gone(rank), ...(ended < size ? [] : release())];
  const depart = (rank: number, state: Standing): Outgoing[] => {
    if (isEnded(rank)) return [];
    const known = isGone(rank);
    leave(rank, state);
    const news = known ? [] : [...listeners].flatMap((to) => (to === rank ? [] : departure(to, [rank])));
    return [...news, ...conclude(rank)];
  };
  /** From now on it hears who leaves; now, who has left. */
  const listen = (rank: number): Outgoing[] => {
    if (listeners.has(rank)) return [];
    listeners.add(rank);
    const isNews = (other: number) => other !== rank && isGone(other) && !failures.has(other);
    return [...watch(rank), ...departure(rank, [...standings.keys()].filter(isNews))];
  };
  const watch = (rank: number): Outgoing[] => {
    if (isEnded(rank) || watchers.has(rank)) return [];
    watchers.add(rank);
    const news: Outgoing[] = [];
    if (failures.size > 0)
      news.push({ to: rank, frame: { type: "failed", ranks: Object.fromEntries(failures) } });
    if (revoked.size > 0)
      news.push({ to: rank, frame: { type: "revoked", by: Object.fromEntries(revoked) } });
    return news;
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
        case "watch":
          return this.watch(rank);
        case "vote":
          return this.vote(rank, said.ballot);
        case "revoke":
          return this.revoke(rank, said.context);
        case "noticed":
          for (const failed of said.ranks) noticed.add(failed);
          return [];
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
    watch,
    vote: (rank, ballot) => (isGone(rank) ? [] : ballots.vote(rank, ballot)),
    revoke(rank, context) {
      if (revoked.has(context)) return [];
      revoked.set(context, rank);
      const others = [...watchers].filter((to) => to !== rank);
      return others.map((to) => ({ to, frame: { type: "revoked", by: { [context]: rank } } }));
    },
    failed(rank, how) {
      if (failures.has(rank)) return [];
      leave(rank, { is: "failed" });
      failures.set(rank, how);
      const frame = { type: "failed", ranks: { [rank]: how } } as const;
      return [...[...watchers].map((to) => ({ to, frame })), ...conclude(rank)];
    },
    noticed,
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
