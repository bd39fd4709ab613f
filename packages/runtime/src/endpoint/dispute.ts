import type { Account } from "./call.js";

/** What some ranks have called. World ranks. */
export interface Side extends Account {
  readonly ranks: readonly number[];
  /** Which of each rank's calls in this context it was, where the tag does not say; the same order. */
  readonly numbers?: readonly number[];
}

/**
 * What is known of who called what, when ranks have made different calls where they should have made
 * the same. Grows only; what two ranks know can be joined in any order. Pure.
 */
export class Dispute {
  readonly #sides = new Map<string, { readonly account: Account; readonly ranks: Set<number> }>();
  /** By rank the number of its call, 0 where that does not count. */
  readonly #known = new Map<number, number>();

  /** Adds what somebody knows; true if that was news. The first account of a rank stays. */
  add(sides: readonly Side[]): boolean {
    let news = false;
    for (const { what, place, ranks, numbers } of sides) {
      for (const [index, rank] of ranks.entries()) {
        if (this.#known.has(rank)) continue;
        this.#known.set(rank, numbers?.[index] ?? 0);
        this.#side(what, place).add(rank);
        news = true;
      }
    }
    return news;
  }

  knows(rank: number): boolean {
    return this.#known.has(rank);
  }

  /** The numbers of the calls in question, by rank. */
  get numbers(): ReadonlyMap<number, number> {
    return this.#known;
  }

  /** In the order of the lowest ranks. */
  get sides(): Side[] {
    return [...this.#sides.values()]
      .map(({ account, ranks: unsorted }) => {
        const ranks = [...unsorted].sort((a, b) => a - b);
        return { ...account, ranks, numbers: ranks.map((rank) => this.#known.get(rank)!) };
      })
      .sort((a, b) => a.ranks[0]! - b.ranks[0]!);
  }

  #side(what: string, place: string): Set<number> {
    const key = `${what}\n${place}`;
    let side = this.#sides.get(key);
    if (side === undefined) this.#sides.set(key, (side = { account: { what, place }, ranks: new Set() }));
    return side.ranks;
  }
}

/** What has to be the same on every rank besides the call. */
const FITTING = "data of the same type and length, the same operation and the same root";

/**
 * The verdict in words, with ranks of the communicator.
 *
 * @param silent those that have not said what they called
 * @param late the calls are over, and it is only now that somebody can be told
 */
export function describeDispute(
  sides: readonly Side[],
  silent: readonly number[],
  name: string,
  late: boolean,
): string {
  const [operation, ...others] = new Set(sides.map(({ what }) => what.split(" ")[0]));
  const isOneSided = silent.length > 0 && new Set(sides.map(({ what }) => what)).size === 1;
  const isSame = !isOneSided && others.length === 0 && sides.length > 1;
  const kind = isOneSided
    ? "made calls that do not fit together"
    : isSame
      ? `called ${operation} with different arguments`
      : "called different collectives";
  const accounts = sides.map(
    ({ what, place, ranks }) => `${rankList(ranks)} called ${what}${place === "" ? "" : ` at ${place}`}`,
  );
  if (silent.length > 0) accounts.push(`${rankList(silent)} ${silent.length > 1 ? "have" : "has"} not said`);
  if (isOneSided) {
    accounts.push(
      "another rank passed another length, type, operation or root, or called another collective",
    );
  }
  const when = late ? " (in an earlier call)" : "";
  const order = "Every rank must make the same calls in the same order";
  const remedy = isOneSided
    ? `${order}, with ${FITTING}`
    : isSame
      ? `Every rank must pass ${FITTING}`
      : order;
  return `the ranks of "${name}" ${kind}: ${accounts.join("; ")}${when}. ${remedy}`;
}

/** "rank 3", "ranks 0-3, 7". */
function rankList(ranks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const rank of ranks) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === rank - 1) run[1] = rank;
    else runs.push([rank, rank]);
  }
  const text = runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
  return `rank${ranks.length === 1 ? "" : "s"} ${text}`;
}
