/**
 * Measures several things by turns, so that a slow moment of the machine meets all of them alike.
 * Every round begins with another one: none always runs first.
 *
 * @template T
 * @param {string} title shown on stderr as it goes
 * @param {number} rounds
 * @param {Record<string, (() => Promise<T>) | undefined>} measures what is undefined is left out
 * @returns {Promise<Record<string, T[]>>} the samples of each, one a round
 */
export async function alternate(title, rounds, measures) {
  const entries = Object.entries(measures).filter(([, measure]) => measure !== undefined);
  const samples = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const [name, measure] = entries[(round + turn) % entries.length];
      process.stderr.write(`${title}: round ${round + 1} of ${rounds}, ${name}\n`);
      samples[name].push(await measure());
    }
  }
  return samples;
}
