/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle - 1)]) / 2;
}

/**
 * One line of the table: ours beside a peer's, from samples taken in the same rounds.
 * The ratio is the median of the rounds' ratios, because a slow moment of the machine slows both sides of a round.
 *
 * @param {string} row what was measured
 * @param {string} unit
 * @param {readonly number[]} ours one sample a round
 * @param {readonly number[]} theirs one sample a round
 * @param {number} [wanted] the largest ratio that is good enough
 */
export function comparison(row, unit, ours, theirs, wanted) {
  const ratios = ours.map((sample, round) => sample / theirs[round]);
  const ratio = median(ratios);
  return {
    row,
    unit,
    ours: median(ours),
    theirs: median(theirs),
    ratio,
    spread: [Math.min(...ratios), Math.max(...ratios)],
    wanted: wanted ?? null,
    ok: wanted === undefined ? null : ratio <= wanted,
    samples: { ours, theirs },
  };
}

/**
 * A line of the table for a peer that is not there.
 *
 * @param {string} row
 * @param {string} missing what is missing and how to get it
 */
export function absence(row, missing) {
  return { row, missing };
}

/** @typedef {ReturnType<typeof comparison> | ReturnType<typeof absence>} Line */
