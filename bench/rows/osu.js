import { command } from "../command.js";
import { programPath, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const SIZES = [1, 8, 64, 512, 4096, 32_768, 262_144, 2 ** 20, 2 ** 22];
const QUICK_SIZES = [8, 4096, 262_144];
/** A size is left out where a rank would hold more than this in one call: what OSU's own programs do. */
const MOST_BYTES = 64 * 2 ** 20;
const MILLISECONDS = 60;
const QUICK_MILLISECONDS = 15;

/** Which numbers of ranks a row is for, and how many times its size a rank holds. */
const pair = { fits: (ranks) => ranks === 2, held: () => 1 };
const pairs = { fits: (ranks) => ranks % 2 === 0, held: () => 1 };
const one = { fits: () => true, held: () => 1 };
const all = { fits: () => true, held: (ranks) => ranks };
const ROWS = {
  osu_latency: pair,
  osu_bw: pair,
  osu_bibw: pair,
  osu_mbw_mr: pairs,
  osu_barrier: { ...one, empty: true },
  osu_bcast: one,
  osu_reduce: one,
  osu_allreduce: one,
  osu_gather: all,
  osu_scatter: all,
  osu_allgather: all,
  osu_alltoall: all,
};
export const OSU_ROWS = Object.keys(ROWS);

/** What mpirun needs as root, with more ranks than cores. */
const MPIRUN = ["--oversubscribe", "--allow-run-as-root", "--mca", "mpi_yield_when_idle", "1"];
const PEERS = { "shared memory": [], tcp: ["--mca", "btl", "tcp,self"] };

/**
 * Rows named after the OSU micro-benchmarks: ours beside mpi4py on Open MPI, with shared memory and with TCP.
 * The three run by turns. Times are of one message or one call, the mean over the ranks; the rows of a
 * bandwidth give the time of a message in a window, so that less is better everywhere.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 * @param {{ n: readonly number[], rows: readonly string[], quick: boolean }} options
 */
export async function measureOsu(peers, rounds, { n, rows, quick }) {
  const { openmpi, mpi4py } = peers;
  const lines = [];
  for (const ranks of n) {
    for (const row of rows.filter((name) => ROWS[name].fits(ranks))) {
      const sizes = sizesOf(row, ranks, quick ? QUICK_SIZES : SIZES);
      const args = [row, JSON.stringify(sizes), String(quick ? QUICK_MILLISECONDS : MILLISECONDS)];
      const theirs = (options) =>
        openmpi.program && mpi4py.program && (() => underOpenMpi(peers, ranks, options, args));
      const samples = await alternate(`${row}, ${ranks} ranks`, rounds, {
        ours: () => underTsmpirun(ranks, args),
        ...Object.fromEntries(Object.entries(PEERS).map(([name, options]) => [name, theirs(options)])),
      });
      for (const peer of Object.keys(PEERS)) {
        const title = (kind, bytes) =>
          `${row}, ${ranks} ranks${ROWS[row].empty ? "" : `, ${size(bytes)} ${kind}`} / mpi4py, ${peer}`;
        if (samples[peer] === undefined) {
          lines.push(absence(title("", 0), openmpi.program ? mpi4py.remedy : openmpi.remedy));
          continue;
        }
        for (const [kind, list] of Object.entries(sizes)) {
          for (const [i, bytes] of list.entries()) {
            const of = (times) => times.map((time) => time[kind][i]);
            lines.push(comparison(title(kind, bytes), "µs", of(samples.ours), of(samples[peer])));
          }
        }
      }
    }
  }
  return lines;
}

function sizesOf(row, ranks, sizes) {
  const { held, empty } = ROWS[row];
  if (empty) return { object: [0] };
  const fitting = sizes.filter((bytes) => bytes * held(ranks) <= MOST_BYTES);
  return { object: fitting, array: fitting.filter((bytes) => bytes % 8 === 0) };
}

function size(bytes) {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

async function underTsmpirun(ranks, args) {
  const job = [TSMPIRUN, "--oversubscribe", "-n", String(ranks), process.execPath, programPath("osu.js")];
  return JSON.parse((await command(process.execPath, [...job, ...args])).stdout);
}

async function underOpenMpi({ openmpi, mpi4py }, ranks, options, args) {
  const job = [...MPIRUN, ...options, "-n", String(ranks), mpi4py.program, programPath("osu.py")];
  return JSON.parse((await command(openmpi.program, [...job, ...args])).stdout);
}
