// Where the time of a message between two hosts goes: `node bench/profile-hosts.js 1048576 …` (bytes), ours without
// encryption beside bare zeromq.js and mpi4py. Needs root and perf, as profile.js, and the farm of test/cluster. Prints
// a table of CPU by what it was spent on, in µs of both hosts for each message; docs/design/limits.md explains it.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./paths.js";
import { findPeers } from "./peers.js";
import { OTHER, record, sharesOf } from "./samples.js";
import { median } from "./statistics.js";
import { figure, markdown } from "./table.js";
import { betweenHosts } from "./two-hosts.js";

const ROW = "osu_latency";
const WHO = ["not encrypted", "bare zeromq.js", "mpi4py"];
const TIMES = { warmUp: 1000, sizeWarmUp: 1000, milliseconds: 12_000, mostCalls: 10 ** 9 };
/** From the start of a job: by then every one of them measures. */
const AFTER_S = 8;
const RECORDED_S = 3;

const KINDS = [
  ["nothing to do", (stack) => /do_idle|safe_halt/.test(stack)],
  ["page faults", (stack) => /exc_page_fault|handle_mm_fault/.test(stack)],
  ["memory got and given back", (stack) => /munmap|madvise|do_brk|mmap_region|mprotect/.test(stack)],
  ["kernel: copying", (stack, leaf) => /copy_(to|from)_iter|copy_user|rep_movs|copy_page/.test(leaf)],
  ["kernel: tcp and links", (stack) => /tcp_|__sock|net_rx|napi|veth|ip_/.test(stack)],
  ["kernel: waiting and waking", (stack) => /futex|epoll|do_poll|eventfd|schedule/.test(stack)],
  ["other system calls", (stack) => /do_syscall/.test(stack)],
  ["collecting garbage", (stack) => /internal::Heap::|Scaveng|MarkCompact|ConcurrentMark|Sweep/.test(stack)],
  ["copying", (stack, leaf) => /memmove|memcpy/.test(leaf)],
  ["libzmq's threads", (stack, leaf, thread) => /ZMQ/.test(thread)],
  ["JavaScript", (stack) => /JS:/.test(stack)],
];

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0 || sizes.some((bytes) => !(bytes > 0))) {
  console.error("usage: node bench/profile-hosts.js BYTES …");
  process.exit(2);
}
const { bringUp } = await import(join(ROOT, "build/test/support/cluster.js"));
const peers = findPeers();
const farm = await bringUp({ hosts: 2 });
const directory = mkdtempSync(join(tmpdir(), "tsmpi-bench-"));
try {
  const columns = [];
  for (const bytes of sizes) {
    const jobs = await betweenHosts(farm, peers, {
      rows: [{ row: ROW, sizes: { array: [bytes] } }],
      ...TIMES,
    });
    for (const who of WHO.filter((name) => jobs[name])) {
      process.stderr.write(`${bytes} B, ${who}\n`);
      const data = join(directory, "data");
      const [results] = await Promise.all([jobs[who](), record(data, AFTER_S, RECORDED_S)]);
      columns.push({
        name: `${bytes} B, ${who}`,
        time: median(results[ROW].array[0]),
        shares: sharesOf(data, KINDS),
      });
    }
  }
  const kinds = [...KINDS.map(([kind]) => kind), OTHER];
  const of = ({ time, shares }, kind) => figure((shares.get(kind) ?? 0) * time * availableParallelism());
  console.log(
    markdown([
      ["µs of CPU, a message", ...columns.map(({ name }) => name)],
      ["one way takes", ...columns.map(({ time }) => figure(time))],
      ...kinds
        .filter((kind) => columns.some(({ shares }) => (shares.get(kind) ?? 0) >= 0.005))
        .map((kind) => [kind, ...columns.map((column) => of(column, kind))]),
    ]),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
  await farm.down();
}
