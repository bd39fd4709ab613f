/** The walls of docs/design/architecture.md: reads every import of every source file. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import t from "tap";
import { ROOT } from "./support/paths.js";

const MOST_LINES = 300;
const MEDIAN_LINES = 100;
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  runtime: ["protocol"],
  launcher: ["protocol"],
  cli: ["protocol", "launcher"],
};
/** Packages that are not Node's own, by the room that may use them. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  runtime: ["zeromq/lib/native", "cbor-x", "koffi"],
  launcher: ["zeromq", "execa"],
  cli: ["yargs-parser"],
};

interface Source {
  readonly path: string;
  readonly room: string;
  readonly lines: number;
  /** Other source files, and names of packages. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const sources = Object.keys(ROOMS).flatMap((room) => {
  const folder = join(ROOT, "packages", room, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readSource(join(folder, name), room));
});

function readSource(path: string, room: string): Source {
  const text = readFileSync(path, "utf8");
  const names = [...text.matchAll(/(?:from|import\(|import|createRequire\([^)]*\)\()\s*"([^"]+)"/g)].map(
    ([, name]) => name!,
  );
  const isFile = (name: string) => name.startsWith(".");
  return {
    path: relative(ROOT, path),
    room,
    lines: text.split("\n").length - 1,
    files: names
      .filter(isFile)
      .map((name) => relative(ROOT, resolve(dirname(path), name.replace(/\.js$/, ".ts")))),
    packages: names.filter((name) => !isFile(name)),
  };
}

/** A cycle in a graph, as the list of its nodes, or undefined. */
function findCycle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, trail: string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

t.test("rooms import only rooms below them", async (t) => {
  t.ok(sources.length > 50, "the sources were found");
  for (const { path, room, packages, files } of sources) {
    for (const name of packages.filter((name) => name.startsWith("@tsmpi/"))) {
      t.ok(ROOMS[room]!.includes(name.slice("@tsmpi/".length)), `${path} imports ${name}`);
    }
    t.ok(
      files.every((file) => file.startsWith(`packages/${room}/src/`)),
      `${path} reaches another room only by its name`,
    );
  }
});

t.test("rooms use only the packages meant for them", async (t) => {
  for (const { path, room, packages } of sources) {
    const foreign = packages.filter(
      (name) =>
        !name.startsWith("node:") && !name.startsWith("@tsmpi/") && !DEPENDENCIES[room]!.includes(name),
    );
    t.same(foreign, [], path);
  }
});

t.test("no file imports itself through others, types included", async (t) => {
  t.equal(findCycle(new Map(sources.map(({ path, files }) => [path, new Set(files)]))), undefined);
});

t.test("folders of a room import in one direction", async (t) => {
  // A file directly in a room is a floor of its own: some are at the bottom, some on top.
  const floor = (path: string) => (dirname(path).endsWith("/src") ? path : dirname(path));
  const graph = new Map<string, Set<string>>();
  for (const { path, files } of sources) {
    const from = floor(path);
    const others = graph.get(from) ?? new Set<string>();
    for (const file of files) if (floor(file) !== from) others.add(floor(file));
    graph.set(from, others);
  }
  t.equal(findCycle(graph), undefined);
});

t.test(
  "the middle is pure: matching, flow, placement and lifecycle touch no socket, clock or process",
  async (t) => {
    const pure = /packages\/(runtime\/src\/(matching|flow)|launcher\/src\/(placement|lifecycle))\//;
    for (const { path, packages } of sources.filter(({ path }) => pure.test(path))) {
      const allowed = ["node:os"]; // signal numbers
      t.same(
        packages.filter((name) => name.startsWith("node:") && !allowed.includes(name)),
        [],
        path,
      );
      const text = readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      t.notMatch(text, /\bprocess\.|Date\.now|performance\.|setTimeout|setInterval/, path);
    }
  },
);

t.test("collectives see a channel, never a communicator", async (t) => {
  for (const { path, files } of sources.filter(({ path }) => path.includes("runtime/src/collectives/"))) {
    t.same(
      files.filter((file) => /\/(communicator|endpoint|transport|bootstrap)\//.test(file)),
      [],
      path,
    );
  }
});

t.test(
  "ranks load neither yargs nor execa, and protocol knows the names of the environment alone",
  async (t) => {
    for (const { path } of sources) {
      if (path === "packages/protocol/src/environment.ts") continue;
      t.notMatch(readFileSync(join(ROOT, path), "utf8"), /"TSMPI_(RANK|SIZE|JOB|LOCAL|HOSTS|LISTEN)/, path);
    }
  },
);

t.test(`files are small: none over ${MOST_LINES} lines, half of them under ${MEDIAN_LINES}`, async (t) => {
  for (const { path, lines } of sources) t.ok(lines <= MOST_LINES, `${path} has ${lines} lines`);
  const sorted = sources.map(({ lines }) => lines).sort((a, b) => a - b);
  t.ok(sorted[sorted.length >> 1]! < MEDIAN_LINES, `the median is ${sorted[sorted.length >> 1]}`);
});
