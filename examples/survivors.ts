/**
 * Pi by throwing darts, on ranks that die: those that are left go on until enough darts are counted. The darts
 * of the dead are lost, so they throw some more; what is counted is counted once.
 *
 *   npx tsmpirun -n 4 --on-failure continue node examples/survivors.js 50000000 --kill 2
 */
import { parseArgs } from "node:util";
import { MPIError, SUM, world, type Communicator } from "tsmpi";

const BATCH = 200_000;
const DEADLY_MS = 100;

const options = { kill: { type: "string", default: "0" } } as const;
const { values, positionals } = parseArgs({ options, strict: false });
const [samples, kill] = [Number(positionals[0] ?? 10_000_000), Number(String(values.kill))];
const valid = Number.isSafeInteger(samples) && samples > 0 && Number.isInteger(kill) && kill >= 0;
if (!valid || kill >= world.size || Object.keys(values).length > 1) {
  if (world.rank === 0) console.error("usage: survivors.js [samples above 0] [--kill fewer than all ranks]");
  process.exit(world.rank === 0 ? 1 : 0); // one complaint is enough
}

/** Some time soon the first ranks die, whatever they are doing. */
const die = () => process.kill(process.pid, "SIGKILL");
const death = world.rank < kill ? setTimeout(die, DEADLY_MS * Math.random()) : undefined;

/** How many darts this rank has thrown, and how many of them fell inside the circle. */
const mine = new Float64Array(2);

function throwDarts(): void {
  let inside = 0;
  for (let i = 0; i < BATCH; i++) inside += Number(Math.random() ** 2 + Math.random() ** 2 < 1);
  mine[0]! += BATCH;
  mine[1]! += inside;
}

/** The sum over all ranks; undefined if one of them has failed. */
async function count(comm: Communicator): Promise<Float64Array | undefined> {
  try {
    return await comm.allreduce(mine, SUM);
  } catch (error) {
    if (error instanceof MPIError && error.code === "ERR_PROC_FAILED") return undefined;
    throw error;
  }
}

let comm: Communicator = world;
for (;;) {
  throwDarts();
  const sum = await count(comm);
  // One rank may have the sum and another have been told of a death: they go on together, or none does.
  const isCounted = (await comm.agree(sum === undefined ? 0 : 1)) === 1;
  if (!isCounted) comm = await comm.shrink();
  if (!isCounted || sum === undefined || sum[0]! < samples) continue;
  clearTimeout(death);
  const pi = (4 * sum[1]!) / sum[0]!;
  if (comm.rank === 0) console.log(`pi ~= ${pi}\n${sum[0]} darts by ${comm.size} of ${world.size} ranks`);
  if (Math.abs(pi - Math.PI) > 10 / Math.sqrt(sum[0]!)) throw new Error("that is not pi: six deviations off");
  break;
}
