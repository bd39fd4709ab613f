import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import t from "tap";
import { EXAMPLES } from "../support/paths.js";

const sources = readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts"));

t.test("an example is at most 60 lines long", async (t) => {
  t.ok(sources.length >= 7);
  for (const source of sources) {
    const { length } = readFileSync(resolve(EXAMPLES, source), "utf8").trimEnd().split("\n");
    t.ok(length <= 60, `${source} has ${length} lines`);
  }
});

t.test("an example begins by saying how to run it", async (t) => {
  for (const source of sources) {
    const name = source.replace(/ts$/, "js");
    t.match(readFileSync(resolve(EXAMPLES, source), "utf8"), `npx tsmpirun -n`);
    t.match(readFileSync(resolve(EXAMPLES, source), "utf8"), `node examples/${name}`);
  }
});
