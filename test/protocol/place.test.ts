/** Places in the source of compiled programs. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import t from "tap";
import ts from "typescript";
import { placeOf } from "@tsmpi/protocol";
import { NODE, ROOT } from "../support/paths.js";
import { tsmpirun } from "../support/run.js";

// Below the root, where the name `tsmpi` means this package.
const FOLDER = resolve(ROOT, `build/places-${process.pid}`);
t.before(() => mkdirSync(join(FOLDER, "out"), { recursive: true }));
t.teardown(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Compiles src/NAME.ts to out/NAME.mjs, and returns the path of that. */
function compile(name: string, source: string, how: ts.CompilerOptions): string {
  const { ESNext: target } = ts.ScriptTarget;
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    fileName: `${name}.ts`,
    compilerOptions: { target, module: ts.ModuleKind.ESNext, sourceRoot: "../src", ...how },
  });
  const file = join(FOLDER, "out", `${name}.mjs`);
  writeFileSync(
    file,
    outputText.replace(/sourceMappingURL=\w+\.js\.map/, `sourceMappingURL=${name}.mjs.map`),
  );
  if (sourceMapText !== undefined) writeFileSync(`${file}.map`, sourceMapText);
  return file;
}

const TYPES = "interface Gone {\n  readonly rank: number;\n}\n\n";
const RING = `import { world } from "tsmpi";\n${TYPES}const next: Gone = { rank: (world.rank + 1) % world.size };\nawait world.recv({ source: next.rank });\n`;
const CALLS = `import { world } from "tsmpi";\n${TYPES}if (world.rank === 0) await world.barrier();\nelse await world.allreduce<number>(1);\n`;
const END = `import { world } from "tsmpi";\n${TYPES}if (world.rank === 0) await world.bcast<string>("x");\n`;
const job = (file: string, ...words: string[]) =>
  tsmpirun(["-n", "2", "--timeout", "30", NODE, ...words, file], { directory: FOLDER });

t.test("a place in compiled code becomes one in its source, by a map beside it or inside", async (t) => {
  const beside = compile("beside", RING, { sourceMap: true });
  const inside = compile("inside", RING, { inlineSourceMap: true });
  const without = compile("without", RING, {});
  const short = (path: string) => join(dirname(dirname(path)), "src").slice(process.cwd().length + 1);
  const line = 3; // in the compiled file
  t.equal(placeOf(`    at file://${beside}:${line}:13`), `${short(beside)}/beside.ts:7:13`);
  t.equal(placeOf(`    at f (${inside}:${line}:13)`), `${short(inside)}/inside.ts:7:13`);
  t.match(placeOf(`    at file://${without}:${line}:13`), /out\/without\.mjs:3:13$/);
  t.match(placeOf(`    at ${FOLDER}/out/nothing.js:1:1`), /out\/nothing\.js:1:1$/);
  t.equal(placeOf("    at node:internal/modules:1:1"), undefined);
});

t.test("a map that is none, or names no file, leaves the compiled line", async (t) => {
  const file = join(FOLDER, "out/odd.mjs");
  for (const map of ["{", '{"version":3,"sources":["webpack://a/b.ts"],"names":[],"mappings":"AAAA"}']) {
    writeFileSync(file, `f();\n//# sourceMappingURL=odd-${map.length}.map\n`);
    writeFileSync(join(FOLDER, `out/odd-${map.length}.map`), map);
    t.match(placeOf(`    at ${file}:1:1`), /out\/odd\.mjs:1:1$/);
  }
});

t.test("reports of a job name lines of TypeScript, with --enable-source-maps and without", async (t) => {
  const ring = compile("ring", RING, { sourceMap: true });
  const calls = compile("calls", CALLS, { sourceMap: true });
  const end = compile("end", END, { inlineSourceMap: true });
  const [deadlock, mapped, mismatch, discord] = await Promise.all([
    job(ring),
    job(ring, "--enable-source-maps"),
    job(calls),
    job(end),
  ]);
  t.equal(deadlock.code, 125);
  t.match(deadlock.stderr, / src\/ring\.ts:7:13$/m);
  t.equal(mapped.code, 125);
  t.match(mapped.stderr, / src\/ring\.ts:7:13$/m);
  t.match(mismatch.stderr, /called barrier at src\/calls\.ts:6:35; rank 1 called .* at src\/calls\.ts:7:18/);
  t.match(discord.stderr, /bcast with root 0 at src\/end\.ts:6:35/);
});
