import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ROOT } from "../support/paths.js";

/** The project's numbered semantics: every one must be cited by the title of a test. */
const CLAUSES = 60;
const TITLE = /(?:^ {2}|\btest\(\s*|\btitle = )(["'`])((?:(?!\1).)+ \((\d+(?:, \d+)*)\)(?:(?!\1).)*)\1/gm;

t.test("every clause of the semantics is cited by the title of a test", async (t) => {
  const folder = join(ROOT, "test");
  const cited = new Map<number, string[]>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".test.ts")) continue;
    for (const [, , title, numbers] of readFileSync(join(folder, file), "utf8").matchAll(TITLE)) {
      for (const number of numbers!.split(", ").map(Number)) {
        cited.set(number, [...(cited.get(number) ?? []), `${file}: ${title}`]);
      }
    }
  }
  for (let clause = 1; clause <= CLAUSES; clause++) {
    const titles = cited.get(clause) ?? [];
    t.ok(titles.length > 0, `clause ${clause}: ${titles.length} titles`);
  }
  const strange = [...cited.keys()].filter((number) => number < 1 || number > CLAUSES);
  t.same(strange, [], "no title cites a clause that does not exist");
});
