import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { NODE } from "../support/paths.js";

const HERE = import.meta.dirname;
const programs = readdirSync(HERE).filter(
  (name) => name.endsWith(".test.js") && /^await spmd\(/m.test(readFileSync(join(HERE, name), "utf8")),
);

t.test("a world of one needs no launcher: all that runs on one rank runs alone (59)", async (t) => {
  const environment: NodeJS.ProcessEnv = { ...process.env, TSMPI_TEST_ALONE: "1" };
  delete environment["NODE_OPTIONS"];
  let performed = 0;
  for (const program of programs) {
    const { status, stdout, stderr } = spawnSync(NODE, [join(HERE, program)], {
      env: environment,
      encoding: "utf8",
      timeout: 60_000,
    });
    t.equal(status, 0, `${program}: ${stderr}`);
    t.notMatch(stdout, /"error"/, program);
    performed += stdout.split("tsmpi-verdict").length - 1;
  }
  t.ok(performed > 200, `${performed} behaviours were performed`);
});
