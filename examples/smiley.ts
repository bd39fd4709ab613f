/**
 * Every rank does something different with the same code: it draws its own face from its rank.
 * Rank 0 collects the faces and looks whether any two are alike.
 *
 *   npx tsmpirun -n 5 node examples/smiley.js
 */
import { world } from "tsmpi";

const EYES = [":", ";", "8", "=", "B", "X"];
const MOUTHS = [")", "D", "P", "]", "|", "(", "/", "O"];

/** A different face for every rank; when eyes and mouths are used up, the noses grow. */
function face(rank: number): string {
  const mouth = MOUTHS[rank % MOUTHS.length];
  const eyes = EYES[Math.floor(rank / MOUTHS.length) % EYES.length];
  const nose = "-".repeat(1 + Math.floor(rank / (MOUTHS.length * EYES.length)));
  return `${eyes}${nose}${mouth}`;
}

const mine = face(world.rank);
console.log(`rank ${world.rank} looks like this: ${mine}`);

const faces = await world.gather(mine); // the list on rank 0, undefined on every other rank

if (faces !== undefined && new Set(faces).size !== world.size) {
  console.error(`smiley: expected ${world.size} different faces, got ${faces.join(" ")}`);
  process.exitCode = 1;
}
