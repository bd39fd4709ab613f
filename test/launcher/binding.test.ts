import t from "tap";
import { hostname } from "node:os";
import { groupOf } from "@tsmpi/launcher/agent/binding";
import { formatProcessors, parseProcessors, readTopology } from "@tsmpi/launcher/agent/topology";
import { tsmpirun } from "../support/run.js";

/** Two sockets of two cores of two threads, of which the threads of core 0 and one of core 3 are ours. */
const FILES: Readonly<Record<string, string>> = {
  "/proc/self/status": "Name:\tnode\nCpus_allowed_list:\t0,3-4,7\n",
  "/sys/devices/system/cpu/online": "0-7\n",
  "/sys/devices/system/node/online": "0-1\n",
  "/sys/devices/system/node/node0/cpulist": "0-1,4-5\n",
  "/sys/devices/system/node/node1/cpulist": "2-3,6-7\n",
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((core) =>
      [core, core + 4].map((processor) => [
        `/sys/devices/system/cpu/cpu${processor}/topology/thread_siblings_list`,
        `${core},${core + 4}\n`,
      ]),
    ),
  ),
};
const read = (path: string) => {
  if (FILES[path] === undefined) throw new Error(`there is no ${path}`);
  return FILES[path];
};

t.test("cores and memory nodes have the processors that are allowed", async (t) => {
  t.same(readTopology(read), {
    cores: [
      [0, 4],
      [3, 7],
    ],
    nodes: [
      [0, 4],
      [3, 7],
    ],
  });
  const withoutNodes = (path: string) => read(path.replace(/node\/online/, "nowhere"));
  t.same(readTopology(withoutNodes).nodes, [[0, 3, 4, 7]]);
});

t.test("lists of processors are read and written", async (t) => {
  for (const list of ["0", "0-3", "0-3,8,10-11", ""]) t.equal(formatProcessors(parseProcessors(list)), list);
});

t.test("cores are taken in turn, memory nodes in blocks", async (t) => {
  const topology = readTopology(read);
  const groups = (bindTo: "core" | "numa", localSize: number) =>
    Array.from(
      { length: localSize },
      (_, localRank) => groupOf(topology, bindTo, { localRank, localSize }).index,
    );
  t.same(groups("core", 5), [0, 1, 0, 1, 0]);
  t.same(groups("numa", 5), [0, 0, 0, 1, 1]);
  t.same(groups("numa", 1), [0]);
});

t.test("a bound rank may use its processors and no others, and the launcher tells which", async (t) => {
  const topology = readTopology();
  const n = topology.cores.length + 1;
  const script = "echo $TSMPI_RANK $(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)";
  for (const bindTo of ["core", "numa"] as const) {
    const run = ["-n", String(n), "--bind-to", bindTo, "--report-bindings", "sh", "-c", script];
    const { code, stdout, stderr } = await tsmpirun(run);
    t.equal(code, 0);
    const processors = Array.from({ length: n }, (_, localRank) =>
      formatProcessors(groupOf(topology, bindTo, { localRank, localSize: n }).processors),
    );
    t.same(
      stdout.trim().split("\n").sort(),
      processors.map((list, rank) => `${rank} ${list}`),
    );
    const noun = bindTo === "core" ? "core" : "memory node";
    t.match(stderr, `tsmpirun: rank 0 on ${hostname()}: ${noun} 0 (processors ${processors[0]})\n`);
    t.equal(stderr.trim().split("\n").length, n);
  }
});

t.test("without --bind-to a rank has what the launcher has", async (t) => {
  for (const option of [["--report-bindings"], ["--display", "bindings"]]) {
    const { stderr } = await tsmpirun(["-n", "1", ...option, "true"]);
    t.match(
      stderr,
      `rank 0 on ${hostname()}: not bound (processors ${formatProcessors(readTopology().cores.flat())})`,
    );
  }
  for (const option of ["--dry-run", "--json"]) {
    const { code, stderr } = await tsmpirun(["--display", "map,bindings", option, "true"]);
    t.equal(code, 2);
    t.match(stderr, `--display bindings: hosts find them when their ranks start; leave out ${option}`);
  }
});
