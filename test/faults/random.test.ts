/** Kills without a plan: 200 in a row on each place. Only in `npm run test:long`. */
import t, { type Test } from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { Random } from "../support/random.js";
import { STATES } from "./cell.js";
import { thisMachine } from "./here.js";
import { LONG } from "./matrix.js";
import { killSomething, type Place } from "./observe.js";
import { onFarm } from "./there.js";

t.setTimeout(7_200_000);

const KILLS = Number(process.env["TSMPI_TEST_KILLS"] ?? 200);
const SEED = Number(process.env["TSMPI_TEST_SEED"] ?? 20261120);
const long = !LONG && "takes long: npm run test:long";

async function killAtRandom(t: Test, place: Place) {
  const random = new Random(SEED);
  const wrong: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const state = random.pick(STATES);
    for (const what of await killSomething(place, state, random))
      wrong.push(`kill ${kill}, ${state}: ${what}`);
  }
  t.same(wrong, [], `no hang, no process, no file after ${KILLS} kills with seed ${SEED}`);
}

t.test("random kills on one machine leave nothing", { skip: long }, (t) => killAtRandom(t, thisMachine(t)));

t.test("random kills on hosts reached by ssh leave nothing", { skip: whyNoCluster() || long }, async (t) => {
  await killAtRandom(t, onFarm(await startFarm(t, { hosts: 3 }), "ssh"));
});

t.test("random kills in Slurm leave nothing", { skip: whyNoCluster({ slurm: true }) || long }, async (t) => {
  await killAtRandom(t, onFarm(await startFarm(t, { hosts: 3, slurm: true }), "slurm"));
});
