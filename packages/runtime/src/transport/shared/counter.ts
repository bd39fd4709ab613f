/**
 * Counters on a board: the number of a call and a count, so that what is left of a call that failed is no part of the
 * next one in its sheet.
 */
const COUNT_BITS = 12;
const COUNT_MASK = 2 ** COUNT_BITS - 1;

/** What a counter can count. */
export const MOST_COUNTED = COUNT_MASK;

/** Adds one to a call's counter; returns the count. */
export function countUp(words: Int32Array, at: number, sequence: number): number {
  const none = sequence << COUNT_BITS;
  for (;;) {
    const seen = Atomics.load(words, at);
    const next = ((seen ^ none) >>> COUNT_BITS === 0 ? seen : none) + 1;
    if (Atomics.compareExchange(words, at, seen, next) === seen) return next & COUNT_MASK;
  }
}

/** Whether a counter says that so many have come, or belongs to a later call already. */
export function hasCounted(seen: number, sequence: number, count: number): boolean {
  const since = (seen - (sequence << COUNT_BITS)) | 0;
  return since === count || since > COUNT_MASK;
}
