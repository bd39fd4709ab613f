/** Messages that a probe has taken out of matching and that nobody receives. */
import assert from "node:assert/strict";
import { rejects } from "../support/reject.js";
import { spmd } from "../support/spmd.js";

await spmd(import.meta.url, [1, 2, 3], {
  "a message that was probed but not received does not hold up free (11, 49)": async (comm) => {
    const right = (comm.rank + 1) % comm.size;
    const left = (comm.rank + comm.size - 1) % comm.size;
    for (const data of ["small", new Float64Array(100_000), new Uint8Array(6 * 2 ** 20)]) {
      const copy = await comm.dup();
      const sent = copy.issend(data, right);
      const message = await copy.mprobe({ source: left });
      const free = copy.free();
      await sent.wait();
      await free;
      const error = await rejects(message.recv(), "ERR_COMM");
      assert.match(error.message, /"dup of .*" has been freed/);
    }
  },
});
