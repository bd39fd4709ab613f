// Builds everything: type-checks and compiles the rooms, bundles what ships, compiles examples and tests.
import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { generateDtsBundle } from "dts-bundle-generator";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

function typescript(...args) {
  const { status } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

// The packages a user's install brings along stay outside; everything of ours goes into one file
// a rank (its start is paid by every rank, often from a slow network file system).
const bundle = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
  external: ["zeromq", "cbor-x", "yargs-parser", "koffi"],
};

// `import … from "node:fs"` makes Node build an ES module facade of the builtin, 1 to 2 ms each and
// three times the rest of a rank's import; process.getBuiltinModule gives the same object at once.
const builtins = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: [
        `const builtin = process.getBuiltinModule(${JSON.stringify(path)});`,
        ...Object.keys(process.getBuiltinModule(path))
          .filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== "default")
          .map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`),
      ].join("\n"),
    }));
  },
};

await rm(resolve(root, "dist"), { recursive: true, force: true });
// By time stamps alone a file that has moved looks built; all rooms take three seconds.
typescript("-b", "--force", "tsconfig.json");
await Promise.all([
  shipLibrary(),
  build({ ...bundle, entryPoints: ["packages/cli/dist/index.js"], outfile: "dist/tsmpirun.js" }),
  build({ ...bundle, entryPoints: ["packages/cli/dist/agent.js"], outfile: "dist/tsmpi-agent.js" }),
]);

// The library as a script, whose compiled code ranks of a job can share, and a module that loads it.
async function shipLibrary() {
  const { metafile } = await build({
    ...bundle,
    entryPoints: ["packages/runtime/dist/index.js"],
    outfile: "dist/tsmpi.mjs",
    write: false,
    metafile: true,
  });
  const names = Object.values(metafile.outputs)[0].exports;
  await Promise.all([
    build({
      ...bundle,
      entryPoints: ["packages/runtime/dist/index.js"],
      outfile: "dist/library.cjs",
      format: "cjs",
      define: { "import.meta.url": "ownUrl" }, // the loader passes it
      plugins: [builtins],
      minifyWhitespace: true, // comments are half of the text that every rank reads
      lineLimit: 160, // Node prints the line of an uncaught error
    }),
    build({
      ...bundle,
      stdin: {
        contents: `import { loadLibrary } from "./packages/runtime/dist/loader.js";
          export const { ${names.join(", ")} } = loadLibrary(new URL("./library.cjs", import.meta.url));`,
        resolveDir: root,
      },
      outfile: "dist/tsmpi.js",
      plugins: [builtins],
      minifyWhitespace: true,
    }),
  ]);
}
// The rooms are private packages: what the shipped types say must not point to them.
const [types] = generateDtsBundle(
  [
    {
      filePath: resolve(root, "packages/runtime/src/index.ts"),
      libraries: { inlinedLibraries: ["@tsmpi/protocol"] },
      output: { exportReferencedTypes: false, noBanner: true, sortNodes: true },
    },
  ],
  { preferredConfigPath: resolve(root, "packages/runtime/tsconfig.json") },
);
// `await using` is younger than the libraries of the targets that users compile for.
const libraries = '/// <reference lib="esnext.disposable" />\n';
await writeFile(resolve(root, "dist/tsmpi.d.ts"), libraries + types);
typescript("-p", "examples");
typescript("-p", "test");
