/** Kills without a plan: 200 in a row on each place. Only in `npm run test:long`. */
import t, { type Test } from "tap";
import { startFarm, whyNoCluster } from "../support/cluster.js";
import { Random } from "../support/random.js";
import { STATES } from "./cell.js";
import { thisMachine } from "./here.js";
import { LONG, places } from "./matrix.js";
import { killSomething, type Place } from "./observe.js";
import { onFarm } from "./there.js";

t.setTimeout(7_200_000);

const KILLS = Number(process.env["TSMPI_TEST_KILLS"] ?? 200);
const SEED = Number(process.env["TSMPI_TEST_SEED"] ?? 20261120);
const long = !LONG && "takes long: npm run test:long";

/** Each place takes the next kill when it is through with one; what kill it is depends on its number alone. */
async function killAtRandom(t: Test, there: readonly Place[]) {
  const wrong: string[] = [];
  let next = 0;
  const killOn = async (place: Place) => {
    for (let kill = next++; kill < KILLS; kill = next++) {
      const random = new Random(SEED + kill);
      const state = random.pick(STATES);
      for (const what of await killSomething(place, state, random))
        wrong.push(`kill ${kill}, ${state}: ${what}`);
    }
  };
  await Promise.all(there.map(killOn));
  t.same(wrong, [], `no hang, no process, no file after ${KILLS} kills with seed ${SEED}`);
}

t.test("random kills on one machine leave nothing", { skip: long }, (t) =>
  killAtRandom(
    t,
    places(() => thisMachine(t)),
  ),
);

t.test("random kills on hosts reached by ssh leave nothing", { skip: whyNoCluster() || long }, async (t) => {
  const farms = await Promise.all(places(() => startFarm(t, { hosts: 3 })));
  const there = farms.map((farm) => onFarm(farm, "ssh"));
  await killAtRandom(t, there);
});

t.test("random kills in Slurm leave nothing", { skip: whyNoCluster({ slurm: true }) || long }, async (t) => {
  const farms = await Promise.all(places(() => startFarm(t, { hosts: 3, slurm: true })));
  const there = farms.map((farm) => onFarm(farm, "slurm"));
  await killAtRandom(t, there);
});
