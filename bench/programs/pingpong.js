// Two ranks throw an array to and fro; rank 0 prints the microseconds of one way, for every size.
import { world } from "tsmpi";
import { median } from "../statistics.js";
import { SIZES, WARM_UP } from "./pingpong-sizes.js";

async function ping(array, exchanges) {
  for (let i = 0; i < exchanges; i++) {
    await world.send(array, 1);
    array = await world.recv({ source: 1 });
  }
}

async function pong(exchanges) {
  for (let i = 0; i < exchanges; i++) {
    await world.send(await world.recv({ source: 0 }), 0);
  }
}

const times = [];
for (const { bytes, exchanges, batches } of [WARM_UP, ...SIZES]) {
  const array = new Float64Array(bytes / 8).fill(Math.PI);
  const samples = [];
  for (let batch = 0; batch <= batches; batch++) {
    const started = performance.now();
    if (world.rank === 0) await ping(array, exchanges);
    else await pong(exchanges);
    if (batch > 0) samples.push(((performance.now() - started) * 1e3) / exchanges / 2);
  }
  times.push(median(samples));
}
if (world.rank === 0) console.log(JSON.stringify(times.slice(1)));
