import { readFileSync } from "node:fs";
import t from "tap";
import { PAGE, renderReference } from "./reference.js";

t.test("docs/api.md is what the docstrings say; npm run docs writes it", async (t) => {
  t.equal(readFileSync(PAGE, "utf8"), renderReference());
});
