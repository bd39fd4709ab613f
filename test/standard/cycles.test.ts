import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { world } from "tsmpi";
import { spmd } from "../support/spmd.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const CYCLES = 10_000;
const WARM_UP = 1_000;

await spmd(import.meta.url, [3], {
  "10 000 cycles of split and free leak no memory, unreceived messages included (48)": async () => {
    const color = () => (world.rank === 2 ? 1 : 0);
    const before = { heap: 0 };
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      if (cycle === WARM_UP) before.heap = heapBytes();
      const part = (await world.split(color()))!;
      if (cycle % 4 === 0) await part.send("never received", (part.rank + 1) % part.size);
      if (cycle % 4 === 1) assert.equal(await part.allreduce(1), part.size);
      await part.free();
    }
    const grown = heapBytes() - before.heap;
    // A matcher takes 600 bytes and a cycle would leave three of them.
    assert.ok(grown < 2e6, `the heap has grown by ${grown} bytes in ${CYCLES - WARM_UP} cycles`);
  },
});
