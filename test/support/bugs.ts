/** Runs programs that are wrong, and tells whether what is wrong has been found and named. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { FIXTURES, NODE, ROOT } from "./paths.js";
import { tsmpirun } from "./run.js";

/** A program of test/fixtures/bugs, and what is said about it. */
export interface Bug {
  readonly program: string;
  /** Ranks that are named, those at fault among them. */
  readonly ranks: readonly number[];
  /** Default 2. */
  readonly size?: number;
  /** What standard error must match, besides. */
  readonly says?: RegExp;
}

/** What bugs of one kind are found as. */
export interface Finding {
  /** In the table. */
  readonly as: string;
  readonly code: number;
  readonly says: RegExp;
  /** Options of tsmpirun. */
  readonly options?: readonly string[];
}

/** An error of this code ends the job. */
export function error(code: string): Finding {
  return { as: `\`${code}\``, code: 1, says: new RegExp(`^MPIError: .*\\[${code}\\]$`, "m") };
}

const PAGE = readFileSync(join(ROOT, "docs/bugs.md"), "utf8");

/**
 * Tests that each bug is found, within the job's timeout, with every line marked `// here` and every rank
 * named, and that docs/bugs.md says so. The rows it ought to have are written to build/bugs.
 *
 * @param atOnce programs that run at a time
 */
export async function findBugs(
  t: Test,
  name: string,
  bugs: readonly (readonly [Finding, readonly Bug[]])[],
  atOnce: number,
): Promise<void> {
  const pairs = bugs.flatMap(([finding, rows]) => rows.map((bug) => ({ finding, bug })));
  const rows: string[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < pairs.length; index = next++) {
      const { finding, bug } = pairs[index]!;
      rows[index] = await findBug(t, finding, bug);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  mkdirSync(join(ROOT, "build/bugs"), { recursive: true });
  writeFileSync(join(ROOT, `build/bugs/${name}.md`), `${rows.join("\n")}\n`);
  for (const row of rows) {
    t.comment(row);
    t.ok(PAGE.includes(row), `docs/bugs.md has: ${row}`);
  }
}

async function findBug(t: Test, { as, code, says, options = [] }: Finding, bug: Bug): Promise<string> {
  const { program, ranks, size = 2 } = bug;
  const file = join(FIXTURES, `bugs/${program}.js`);
  const source = readFileSync(file, "utf8").split("\n");
  const places = source.flatMap((line, index) => (line.endsWith("// here") ? [index + 1] : []));
  const outcome = await tsmpirun(["-n", `${size}`, "--timeout", "30", ...options, NODE, file]);
  const { stderr } = outcome;
  t.equal(outcome.code, code, `${program} ends with ${code}: ${stderr}`);
  t.match(stderr, says, `${program} is found`);
  if (bug.says !== undefined) t.match(stderr, bug.says, `${program} is described`);
  for (const line of places) t.match(stderr, `${program}.js:${line}:`, `${program}: line ${line} is named`);
  const named = ranksIn(stderr);
  for (const rank of ranks) t.ok(named.has(rank), `${program}: rank ${rank} is named in: ${stderr}`);
  const what = source[0]!.replace(/^\/\/ /, "").replace(/\.$/, "");
  const where = [list("rank", ranks), list("line", places)].filter((text) => text !== "").join("; ");
  return `| ${what} | [${program}](../test/fixtures/bugs/${program}.js) | ${as} | ${code} | ${where} |`;
}

/** Ranks in "rank 3", "ranks 0-2, 5" and in the first column of tables. */
function ranksIn(text: string): Set<number> {
  const ranks = new Set<number>();
  for (const [, one] of text.matchAll(/^ {2}(\d+) /gm)) ranks.add(Number(one));
  for (const [, several] of text.matchAll(/\branks? (\d+(?:(?:-|, | and )\d+)*)/g)) {
    for (const run of several!.split(/, | and /)) {
      const [first, last = first] = run.split("-").map(Number);
      for (let rank = first!; rank <= last!; rank++) ranks.add(rank);
    }
  }
  return ranks;
}

function list(noun: string, numbers: readonly number[]): string {
  if (numbers.length === 0) return "";
  return `${noun}${numbers.length === 1 ? "" : "s"} ${numbers.join(", ")}`;
}
