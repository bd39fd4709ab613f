/** Ranks that have called different collectives, when nobody has noticed until the end. Pure. */
import { placeOf, type Tally } from "@tsmpi/protocol";
import { rankList } from "./rank-list.js";

const WORLD = { context: 0, name: "world", calls: 0, digest: 0 } as const;
const MOST_SIDES = 8;

/** What happened, in one sentence; undefined if all ranks that have told have called the same. */
export function describeDiscord(tallies: ReadonlyMap<number, readonly Tally[]>): string | undefined {
  for (const told of byCommunicator(tallies).values()) {
    if ([...told.values()].some(({ digest }) => digest === undefined)) continue;
    const sides = new Map<string, { readonly tally: Tally; readonly ranks: number[] }>();
    for (const [rank, tally] of [...told].sort(([a], [b]) => a - b)) {
      const key = `${tally.calls} ${tally.digest}`;
      const side = sides.get(key);
      if (side === undefined) sides.set(key, { tally, ranks: [rank] });
      else side.ranks.push(rank);
    }
    if (sides.size > 1) return sentence([...sides.values()]);
  }
  return undefined;
}

/** For each communicator what each rank has called; who knows nothing of the world has called nothing on it. */
function byCommunicator(tallies: ReadonlyMap<number, readonly Tally[]>): Map<number, Map<number, Tally>> {
  const found = new Map<number, Map<number, Tally>>();
  for (const [rank, list] of tallies) {
    for (const tally of list.length === 0 ? [WORLD] : list) {
      const told = found.get(tally.context);
      if (told === undefined) found.set(tally.context, new Map([[rank, tally]]));
      else told.set(rank, tally);
    }
  }
  return found;
}

function sentence(sides: readonly { readonly tally: Tally; readonly ranks: readonly number[] }[]): string {
  const { context, name } = sides[0]!.tally;
  const accounts = sides.slice(0, MOST_SIDES).map(({ tally: { calls, last }, ranks }) => {
    const who = `${context === WORLD.context ? "" : "world "}rank${ranks.length === 1 ? "" : "s"} ${rankList(ranks)}`;
    if (calls === 0) return `${who} made no call`;
    const place = last === undefined ? undefined : placeOf(last.frame);
    const where = place === undefined ? "" : ` at ${place}`;
    const which = last === undefined ? "" : `, the last ${last.what}${where}`;
    return `${who} made ${calls} call${calls === 1 ? "" : "s"}${which}`;
  });
  const more = sides.length > MOST_SIDES ? "; and others" : "";
  return (
    `the ranks of "${name}" have ended after different collectives: ${accounts.join("; ")}${more}. ` +
    "Every rank must make the same calls in the same order, with the same root and operation"
  );
}
