import { MPIError } from "@tsmpi/protocol";

/** Contexts of one communicator, counted from its own: messages of one never match those of another. */
export const ContextOf = {
  /** The user's messages. */
  POINT_TO_POINT: 0,
  COLLECTIVES: 1,
  /** Agreement among a part of the ranks on a communicator that they make; the tag is the user's. */
  CREATION: 2,
} as const;

/** The first contexts of the two communicators that are always there. */
export const WORLD_CONTEXT = 0;
export const SELF_CONTEXT = 4;

const EACH = 4;
const FIRST = 8;
const END = 2 ** 32;

/** The communicator that a context belongs to, as its first context. */
export function firstContext(context: number): number {
  return context - (context % EACH);
}

/** True where the tag of a message is the number of a call of a collective, and not the user's. */
export function isNumbered(context: number): boolean {
  return context % EACH === ContextOf.COLLECTIVES;
}

/** True for world and self, which are never freed. */
export function isPermanent(context: number): boolean {
  return context < FIRST;
}

/**
 * The context numbers that this rank may give to communicators. Every rank has a range of its own, and
 * a communicator gets the number that its rank 0 offers: two ranks never offer the same one, so nothing
 * has to be agreed on but who is rank 0, and creations on overlapping communicators need no order.
 *
 * Numbers are given out in turn, as process numbers are: one that has been released comes back only
 * after all others (in a world of 96 ranks after 11 million), when no message of its earlier life is
 * under way. Pure.
 */
export class Contexts {
  readonly #start: number;
  /** How many communicators led by this rank can exist at once. */
  readonly #room: number;
  readonly #used = new Set<number>();
  #next = 0;

  /** @param end numbers below it may be given out, by all ranks together */
  constructor(rank: number, size: number, end = END) {
    this.#room = Math.floor((end - FIRST) / EACH / size);
    this.#start = FIRST + rank * this.#room * EACH;
  }

  /** Numbers that are given out. */
  get used(): number {
    return this.#used.size;
  }

  /** A number that no communicator has, for this rank's next one. Throws ERR_COMM if there is none. */
  reserve(): number {
    if (this.#used.size >= this.#room) {
      throw new MPIError(
        "ERR_COMM",
        `there are ${this.#used.size} communicators with this rank as rank 0 and no more are possible; ` +
          "free some",
      );
    }
    while (this.#used.has(this.#next)) this.#next = (this.#next + 1) % this.#room;
    const slot = this.#next;
    this.#used.add(slot);
    this.#next = (slot + 1) % this.#room;
    return this.#start + slot * EACH;
  }

  /** The number is free again; one of another rank's range is none of our business. */
  release(context: number): void {
    this.#used.delete((context - this.#start) / EACH);
  }
}
