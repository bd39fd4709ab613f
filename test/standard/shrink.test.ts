import assert from "node:assert/strict";
import { SUM } from "tsmpi";
import { EVERYWHERE, spmd } from "../support/spmd.js";

await spmd(import.meta.url, EVERYWHERE, {
  "where nobody has failed, nobody is named and nobody left out": async (comm) => {
    assert.deepEqual(comm.failed(), []);
    const same = await comm.shrink();
    assert.equal(same.compare(comm), "congruent");
    assert.equal(await same.allreduce(1, SUM), comm.size);
    await same.free();
  },

  "ranks agree on the bits that all of them have, as a signed number": async (comm) => {
    const results = [
      await comm.agree(~(1 << comm.rank)),
      await comm.agree(0xffff_ffff),
      await comm.agree(comm.rank),
    ];
    const all = Array.from({ length: comm.size }, (_, rank) => rank);
    assert.deepEqual(results, [-(2 ** comm.size), -1, all.reduce((bits, rank) => bits & rank)]);
  },

  "agreements that are under way together come out in the order of their calls": async (comm) => {
    const first = comm.agree(1);
    const second = comm.shrink();
    const third = comm.agree(2);
    const [one, rest, two] = await Promise.all([first, second, third]);
    assert.deepEqual([one, rest.size, two], [1, comm.size, 2]);
    await rest.free();
  },

  "a freed communicator can neither shrink nor agree nor be revoked": async (comm) => {
    const copy = await comm.dup();
    await copy.free();
    await assert.rejects(copy.shrink(), { code: "ERR_COMM" });
    await assert.rejects(copy.agree(1), { code: "ERR_COMM" });
    assert.throws(() => copy.revoke(), { code: "ERR_COMM" });
    assert.throws(() => copy.failed(), { code: "ERR_COMM" });
  },
});
