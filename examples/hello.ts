/**
 * The first program: every rank says who it is. All ranks run this same file at the same time.
 *
 *   npx tsmpirun -n 4 node examples/hello.js
 */
import { world } from "tsmpi";

console.log(`I am rank ${world.rank} in group of ${world.size} processes.`);

// Every rank hands in its number; every rank gets the list of all of them, in rank order.
const ranks = await world.allgather(world.rank);

if (ranks.length !== world.size || ranks.some((rank, position) => rank !== position)) {
  console.error(`hello: expected the ranks 0 to ${world.size - 1}, got ${ranks.join(", ")}`);
  process.exitCode = 1;
}
