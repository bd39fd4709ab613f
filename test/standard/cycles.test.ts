import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { world } from "tsmpi";
import { SLOW } from "../support/slow.js";
import { spmd } from "../support/spmd.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function memory(): { readonly heap: number; readonly resident: number } {
  collectGarbage();
  return { heap: process.memoryUsage().heapUsed, resident: process.memoryUsage.rss() };
}

const CYCLES = SLOW ? 10_000 : 3_000;
const WARM_UP = 1_000;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

await spmd(import.meta.url, [3], {
  [`${CYCLES} cycles of split and free leak no memory, unreceived messages included (48)`]: async () => {
    const color = () => (world.rank === 2 ? 1 : 0);
    let before = memory();
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      if (cycle === WARM_UP) before = memory();
      const part = (await world.split(color()))!;
      if (cycle % 4 === 0) await part.send("never received", (part.rank + 1) % part.size);
      if (cycle % 4 === 1) assert.equal(await part.allreduce(1), part.size);
      await part.free();
    }
    const after = memory();
    const heap = after.heap - before.heap;
    const resident = after.resident - before.resident;
    const found = `in ${CYCLES - WARM_UP} cycles the heap grew by ${mib(heap)}, the process by ${mib(resident)}`;
    // A matcher takes 600 bytes and a cycle would leave three of them.
    assert.ok(heap < 2e6, found);
    assert.ok(resident < 32e6, found);
    return found;
  },
});
