/**
 * The programs of docs/coming-from-mpi4py.md: each tsmpi program prints what the page says. With
 * TSMPI_TEST_MPI4PY=1 each mpi4py program as well.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { NODE, ROOT } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

const PAGE = resolve(ROOT, "docs/coming-from-mpi4py.md");
// Below the root, where the name `tsmpi` means this package.
const FOLDER = resolve(ROOT, "build/docs/mpi4py");

interface Pair {
  readonly title: string;
  readonly ranks: number;
  readonly code: number;
  readonly python: string;
  readonly program: string;
  readonly output: readonly string[];
}

/** The sections whose titles say a number of ranks. */
function readPairs(text: string): Pair[] {
  return text.split(/^## /m).flatMap((section) => {
    const heading = /^(.*?) \((\d+) ranks(?:, exit code (\d+))?\)$/m.exec(section);
    if (heading === null) return [];
    const [, title, ranks, code] = heading;
    return {
      title: title!,
      ranks: Number(ranks),
      code: Number(code ?? 0),
      python: block(section, "python"),
      program: block(section, "js"),
      output: lines(block(section, "text")),
    };
  });
}

function block(section: string, language: string): string {
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))];
  if (blocks.length !== 1)
    throw new Error(`${blocks.length} blocks of ${language} in: ${section.slice(0, 60)}`);
  return blocks[0]![1]!;
}

/** Lines of different ranks come in any order. */
function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "").sort(); // prettier-ignore
}

const text = readFileSync(PAGE, "utf8");
const pairs = readPairs(text);
mkdirSync(FOLDER, { recursive: true });
t.teardown(() => rmSync(FOLDER, { recursive: true, force: true }));

t.test("every program of the page is a pair that the tests run", async (t) => {
  t.ok(pairs.length >= 20, `${pairs.length} pairs`);
  t.equal(text.split("```js\n").length - 1, pairs.length);
  t.equal(text.split("```python\n").length - 1, pairs.length);
});

for (const [index, { title, ranks, code, python, program, output }] of pairs.entries()) {
  t.test(`${title}: the tsmpi program prints what the page says`, async (t) => {
    const file = join(FOLDER, `${index}.mjs`);
    writeFileSync(file, program);
    const job = await tsmpirun(["--oversubscribe", "--timeout", "60", "-n", String(ranks), NODE, file]);
    t.equal(job.code, code, job.stderr);
    t.same(lines(job.stdout), output);
    if (code === 0) t.equal(job.stderr, "");
  });

  const skip = process.env["TSMPI_TEST_MPI4PY"] === "1" ? false : "TSMPI_TEST_MPI4PY=1 runs it";
  t.test(`${title}: the mpi4py program prints the same`, { skip }, async (t) => {
    const file = join(FOLDER, `${index}.py`);
    writeFileSync(file, python);
    const options = ["--oversubscribe", "--allow-run-as-root", "--mca", "mpi_yield_when_idle", "1"];
    // mpirun mixes the lines of ranks: each writes into a file of its own.
    const inFile = ["sh", "-c", `exec "$0" "$@" >"${file}.$OMPI_COMM_WORLD_RANK"`];
    const { status, stderr } = spawnSync(
      "mpirun.openmpi",
      [...options, "-n", String(ranks), ...inFile, "/usr/bin/python3", "-m", "mpi4py", file],
      { encoding: "utf8", timeout: 60_000 },
    );
    const stdout = Array.from({ length: ranks }, (_, rank) => readFileSync(`${file}.${rank}`, "utf8")).join(
      "",
    );
    t.equal(status, code, stderr);
    t.same(lines(stdout), output);
  });
}
