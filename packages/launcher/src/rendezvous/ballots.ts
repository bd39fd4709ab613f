/** Agreements among the members of communicators. Pure. */
import type { Ballot, Outcome } from "@tsmpi/protocol";
import type { Outgoing } from "./outgoing.js";

/** An agreement that waits for members. */
interface Vote {
  readonly members: readonly number[];
  /** In the order in which they came. */
  readonly ballots: Map<number, Ballot>;
  /** Members that are there and have not voted. */
  readonly waiting: Set<number>;
}

/**
 * The agreements under way. One is decided when every member that is still there has voted, once and for
 * all: whoever fails afterwards has failed afterwards.
 */
export class Ballots {
  readonly #votes = new Map<string, Vote>();

  /**
   * @param size of the world
   * @param isGone whether a rank has left or failed
   * @param failures ranks that have failed, and how; grows
   * @param noticed gets those of them that members of a communicator have left out
   */
  constructor(
    private readonly size: number,
    private readonly isGone: (rank: number) => boolean,
    private readonly failures: ReadonlyMap<number, string>,
    private readonly noticed: Set<number>,
  ) {}

  /** A rank takes part. */
  vote(rank: number, ballot: Ballot): Outgoing[] {
    const key = `${ballot.context} ${ballot.number}`;
    let vote = this.#votes.get(key);
    if (vote === undefined) {
      const everybody = ballot.members.length === 0;
      const members = everybody ? Array.from({ length: this.size }, (_, member) => member) : ballot.members;
      const waiting = new Set(members.filter((member) => !this.isGone(member)));
      this.#votes.set(key, (vote = { members, ballots: new Map(), waiting }));
    }
    if (!vote.waiting.delete(rank)) return [];
    vote.ballots.set(rank, ballot);
    return vote.waiting.size > 0 ? [] : this.#decide(key, vote);
  }

  /** A rank has left or failed: nobody waits for it any more. */
  gone(rank: number): Outgoing[] {
    return [...this.#votes].flatMap(([key, vote]) => {
      const last = vote.waiting.delete(rank) && vote.waiting.size === 0;
      return last ? this.#decide(key, vote) : [];
    });
  }

  #decide(key: string, { members, ballots }: Vote): Outgoing[] {
    this.#votes.delete(key);
    const cast = [...ballots.values()];
    const [first] = cast;
    const operations = new Set(cast.map(({ operation }) => operation));
    const leader = members.find((member) => ballots.has(member) && !this.failures.has(member));
    if (first === undefined || leader === undefined) return []; // nobody is left to be told
    const failed = members.filter((member) => this.failures.has(member));
    if (operations.has("shrink")) for (const member of failed) this.noticed.add(member);
    const outcome: Outcome = {
      context: first.context,
      number: first.number,
      flags: cast.reduce((flags, ballot) => flags & ballot.flags, -1),
      offer: ballots.get(leader)!.offer,
      failed: Object.fromEntries(failed.map((member) => [member, this.failures.get(member)!])),
      missing: members.filter((member) => !ballots.has(member) && !this.failures.has(member)),
      ...(operations.size === 1 ? {} : { operations: whoCalled(ballots) }),
    };
    const told = [...ballots.keys()].filter((member) => !this.failures.has(member));
    return told.map((to) => ({ to, frame: { type: "agreed", outcome } }));
  }
}

function whoCalled(ballots: ReadonlyMap<number, Ballot>): Record<string, number[]> {
  const ranks: Record<string, number[]> = {};
  for (const [rank, { operation }] of ballots) (ranks[operation] ??= []).push(rank);
  return ranks;
}
