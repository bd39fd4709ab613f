// Every rank gives its number; rank 0 prints their sum. The measure is how long the whole job takes.
import { world } from "tsmpi";

const sum = await world.reduce(world.rank);
if (sum !== undefined) console.log(sum);
