/**
 * Ranks of several hosts: the standard's tests once more, with TCP between some of the ranks. On the
 * world alone: copies and parts use the same connections.
 */
import { join } from "node:path";
import t, { type Test } from "tap";
import { newKeys } from "@tsmpi/launcher/network/keys";
import type { Keys } from "@tsmpi/protocol";
import { startOnHosts } from "../support/hosts.js";
import { NODE, ROOT } from "../support/paths.js";
import { SLOW } from "../support/slow.js";

const MARK = "tsmpi-verdict ";

/** Every behaviour of a file in test/standard passes on every rank, and all of them end silently. */
async function performs(t: Test, name: string, hosts: readonly number[], keys: Keys | undefined) {
  const program = join(ROOT, `build/test/standard/${name}.test.js`);
  const { outcomes } = await startOnHosts(hosts, ["env", "TSMPI_TEST_WORLD=1", NODE, program], { keys });
  for (const [rank, { code, signal, stdout, stderr }] of (await outcomes).entries()) {
    const verdicts = stdout.split("\n").filter((line) => line.startsWith(MARK));
    const failed = verdicts.filter((line) => line.includes('"error":'));
    t.ok(verdicts.length > 0 && failed.length === 0, `${name} passes on rank ${rank}`, { failed });
    t.same([code, signal, stderr], [0, null, ""], `${name} ends on rank ${rank}`);
  }
}

/** All of them in slow runs, else the last one. */
const named = (...names: string[]) => (SLOW ? names : names.slice(-1));

t.test("one rank on each of two hosts", async (t) => {
  for (const name of named("synchronous", "point-to-point")) {
    await performs(t, name, [0, 1], newKeys());
  }
});

t.test("the middle one of three ranks on another host", async (t) => {
  for (const name of named("collectives", "data")) await performs(t, name, [0, 1, 0], newKeys());
});

t.test("five ranks in two blocks", async (t) => {
  for (const name of named("probe", "withdrawal")) await performs(t, name, [0, 0, 0, 1, 1], newKeys());
});

t.test("ranks dealt to three hosts", async (t) => {
  for (const name of named("point-to-point", "more-collectives")) {
    await performs(t, name, SLOW ? [0, 1, 2, 0, 1, 2, 0, 1] : [0, 1, 2, 0, 1], newKeys());
  }
});

t.test("five ranks on two hosts without encryption", async (t) => {
  for (const name of named("point-to-point", "collectives"))
    await performs(t, name, [0, 1, 1, 0, 1], undefined);
});

t.test("ranks in three uneven blocks, one speaking for each", async (t) => {
  for (const name of named("collectives", "large-collectives")) {
    await performs(t, name, SLOW ? [0, 0, 0, 1, 2, 2, 2, 2] : [0, 0, 1, 2, 2], newKeys());
  }
});
