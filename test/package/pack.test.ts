/** What a user gets: the packed root package, installed in an empty folder far from this repository. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import t from "tap";
import { NODE, ROOT } from "../support/paths.js";
import { SLOW } from "../support/slow.js";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const home = mkdtempSync(join(tmpdir(), "tsmpi-package-"));
const project = join(home, "project");
const installed = join(project, "node_modules/tsmpi");
t.teardown(() => rmSync(home, { recursive: true, force: true }));

/** Runs a command in the user's project with nothing of this npm's settings, and the node of the tests first. */
function run(command: string, args: readonly string[], directory = project) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const PATH = `${dirname(NODE)}${delimiter}${process.env.PATH ?? ""}`;
  return spawnSync(command, args, {
    cwd: directory,
    encoding: "utf8",
    env: {
      ...Object.fromEntries(inherited),
      PATH,
      npm_config_update_notifier: "false",
      npm_config_loglevel: "error",
    },
  });
}

mkdirSync(project);
writeFileSync(join(project, "package.json"), JSON.stringify({ name: "somebodys-project", private: true }));
// `prepare` would build again, under the feet of the tests that run at the same time.
const packed = run("npm", ["pack", "--ignore-scripts", "--pack-destination", home], ROOT);
const tarball = readdirSync(home).find((file) => file.endsWith(".tgz")) ?? "";
const install = run("npm", ["install", "--no-fund", "--no-audit", join(home, tarball)]);

t.test("npm packs the root, and the tarball installs in an empty folder", async (t) => {
  t.equal(packed.status, 0, packed.stderr);
  t.equal(install.status, 0, install.stderr);
});

t.test("the installed package needs nothing from the workspaces", async (t) => {
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    scripts: Record<string, string>;
  };
  for (const name of ["preinstall", "install", "postinstall", "prepare"])
    t.notOk(manifest.scripts[name], name);
  t.notMatch(Object.keys(manifest.dependencies).join(" "), "@tsmpi/");
  t.notOk(readdirSync(join(project, "node_modules")).includes("@tsmpi"));
  for (const file of readdirSync(join(installed, "dist"))) {
    t.notMatch(
      readFileSync(join(installed, "dist", file), "utf8"),
      /from\s*"@tsmpi\/|import\("@tsmpi\//,
      file,
    );
  }
});

t.test("the tarball carries programs, types and documents, and no sources, tests or maps", async (t) => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  for (const file of [
    "bin/tsmpirun.js",
    "dist/tsmpi.js",
    "dist/tsmpi.d.ts",
    "README.md",
    "LICENSE",
    "docs/tsmpirun.md",
  ]) {
    t.ok(files.includes(file), file);
  }
  t.same(
    files.filter((file) => /^(packages|test|bench|build)\b|\.map$|tsconfig/.test(file)),
    [],
  );
});

/** What pages of the package may refer to though it is in the repository alone, if they say so. */
const REPOSITORY_ONLY = /^(?:bench|test|packages|scripts|\.ci|CONTRIBUTING\.md)\b/;

t.test(
  "links between packed pages lead to what is packed, or to what is said to be in the repository",
  async (t) => {
    const pages = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".md") && !file.startsWith("node_modules"),
    );
    t.ok(pages.length > 20, `${pages.length} pages`);
    for (const page of pages) {
      const text = readFileSync(join(installed, page), "utf8");
      for (const [, link = ""] of text.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)) {
        if (/^\w+:/.test(link)) continue;
        const target = join(dirname(page), link);
        if (!REPOSITORY_ONLY.test(target)) t.ok(existsSync(join(installed, target)), `${page}: ${link}`);
        else {
          t.ok(existsSync(join(ROOT, target)), `${page}: ${link}`);
          t.match(text, /\brepository\b/, `${page} says where ${link} is`);
        }
      }
    }
  },
);

const GREETING = /^rank [01] of 2: sum 1$/gm;

t.test("a module imports it and runs under npx tsmpirun", async (t) => {
  const program = `
    import { world, SUM } from "tsmpi";
    const sum = await world.allreduce(world.rank, SUM);
    console.log(\`rank \${world.rank} of \${world.size}: sum \${sum}\`);`;
  writeFileSync(join(project, "hello.mjs"), program);
  const { status, stdout, stderr } = run("npx", ["tsmpirun", "-n", "2", "node", "hello.mjs"]);
  t.equal(status, 0, stderr);
  t.equal(stdout.match(GREETING)?.length, 2, stdout);
  t.equal(stderr, "");
});

t.test("a CommonJS program requires it and runs under npx tsmpirun, without a warning", async (t) => {
  const program = `
    const { world, SUM } = require("tsmpi");
    world.allreduce(world.rank, SUM).then((sum) =>
      console.log(\`rank \${world.rank} of \${world.size}: sum \${sum}\`));`;
  writeFileSync(join(project, "hello.cjs"), program);
  const { status, stdout, stderr } = run("npx", ["tsmpirun", "-n", "2", "node", "hello.cjs"]);
  t.equal(status, 0, stderr);
  t.equal(stdout.match(GREETING)?.length, 2, stdout);
  t.equal(stderr, "");
});

t.test("the examples that come with it run from where they are installed", async (t) => {
  const example = join(installed, "examples/pi.js");
  const { status, stdout, stderr } = run("npx", ["tsmpirun", "-n", "2", "node", example, "1000"]);
  t.equal(status, 0, stderr);
  t.match(stdout, "PI is approximately 3.14159");
});

for (const extension of SLOW ? ["mts", "cts"] : ["mts"]) {
  t.test(`its types hold in a strict .${extension} file`, async (t) => {
    writeFileSync(
      join(project, `types.${extension}`),
      `import { world, SUM, Request } from "tsmpi";
       export async function main(): Promise<number> {
         const sum: number = await world.allreduce(world.rank, SUM);
         const request: Request<Float64Array> = world.irecv<Float64Array>({ source: 0, tag: 3 });
         const array: Float64Array = await request.wait();
         // @ts-expect-error a rank is a number
         await world.send(array, "0");
         return sum + array.length + (world.size satisfies number);
       }`,
    );
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", "node"];
    const lib = ["--lib", "es2023,esnext.disposable", "--typeRoots", resolve(ROOT, "node_modules/@types")];
    const { status, stdout } = run(NODE, [tsc, ...options, ...lib, `types.${extension}`]);
    t.equal(status, 0, stdout);
  });
}

t.test("its types hold without the types of Node, for a target that knows no `await using`", async (t) => {
  writeFileSync(
    join(project, "plain.mts"),
    `import { world, type Communicator } from "tsmpi";
     export async function free(): Promise<void> {
       const copy: Communicator = await world.dup();
       const sum: number = await copy.allreduce(1);
       // @ts-expect-error it is a number
       sum.trim();
       await copy[Symbol.asyncDispose]();
     }`,
  );
  const config = join(project, "plain.json");
  const compilerOptions = { noEmit: true, strict: true, module: "nodenext", target: "es2022", types: [] };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ["plain.mts"] }));
  const { status, stdout } = run(NODE, [tsc, "-p", config]);
  t.equal(status, 0, stdout);
});
