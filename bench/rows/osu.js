import { command } from "../command.js";
import { jobs, WANTED } from "../osu-plan.js";
import { underNobody } from "../pair.js";
import { programPath, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison, median } from "../statistics.js";

/** A job that takes longer has failed. */
const DEADLINE = 300_000; // ms

/** What mpirun needs as root, with more ranks than cores; ob1 is what sends by the transports named by `btl`. */
const MPIRUN = ["--oversubscribe", "--allow-run-as-root", "--mca", "mpi_yield_when_idle", "1"];
const TRANSPORTS = { "shared memory": "self,vader", tcp: "tcp,self" };

/**
 * Rows named after the OSU micro-benchmarks: ours beside mpi4py on Open MPI, with shared memory and with TCP, and
 * between two ranks beside bare zeromq.js and a copy in memory. All run by turns. Times are of one message or one
 * call, the mean over the ranks; the rows of a bandwidth give the time of a message in a window, so that less is
 * better everywhere.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 * @param {{ n: readonly number[], rows: readonly string[], quick: boolean, lanes?: string }} options
 */
export async function measureOsu(peers, rounds, { n, rows, quick, lanes }) {
  const lines = [];
  for (const ranks of n) {
    for (const { group, plan } of jobs(ranks, rows, quick)) {
      const measures = {
        ours: () => underTsmpirun(ranks, lanes, plan),
        ...theirs(peers, ranks, plan),
        ...(group === "pairs" ? limits(plan) : {}),
      };
      const samples = await alternate(`osu, ${group}, ${ranks} ranks`, rounds, attempts(measures));
      for (const part of plan.rows) lines.push(...linesOf(part, ranks, measures, samples, peers));
    }
  }
  return lines;
}

/** A job that fails is a row without a figure, and no end of the others. */
function attempts(measures) {
  return Object.fromEntries(
    Object.entries(measures).map(([name, measure]) => [
      name,
      measure &&
        (() =>
          measure().catch((error) => {
            process.stderr.write(`${error.message}\n`);
            return { failed: error.message };
          })),
    ]),
  );
}

function theirs(peers, ranks, plan) {
  const there = peers.openmpi.program && peers.mpi4py.program;
  return Object.fromEntries(
    Object.entries(TRANSPORTS).map(([name, btl]) => [
      name,
      there && (() => underOpenMpi(peers, ranks, btl, plan)),
    ]),
  );
}

/** What no library can beat, for arrays between two ranks. */
function limits(plan) {
  const args = [JSON.stringify(plan)];
  return {
    "bare zeromq.js": () => underNobody("osu-zeromq.js", args),
    memcpy: async () =>
      JSON.parse((await command(process.execPath, [programPath("osu-memcpy.js"), ...args])).stdout),
  };
}

function linesOf({ row, sizes }, ranks, measures, samples, { openmpi, mpi4py }) {
  const lines = [];
  for (const peer of Object.keys(measures).filter((name) => name !== "ours")) {
    const remedy = openmpi.program ? mpi4py.remedy : openmpi.remedy;
    for (const [kind, list] of Object.entries(sizes)) {
      if (kind === "object" && ["bare zeromq.js", "memcpy"].includes(peer)) continue;
      for (const [i, bytes] of list.entries()) {
        const what = bytes === 0 ? "" : `, ${label(kind, bytes)}`;
        const title = `${row}, ${ranks} ranks${what} / ${peer in TRANSPORTS ? `mpi4py, ${peer}` : peer}`;
        const at = { row, ranks, kind: bytes === 0 ? "none" : kind, bytes, peer };
        if (samples[peer] === undefined) {
          lines.push({ ...absence(title, remedy), at });
          continue;
        }
        const failed = [...samples.ours, ...samples[peer]].find((sample) => sample.failed);
        if (failed) {
          lines.push({ ...absence(title, `failed: ${firstLines(failed.failed)}`), at });
          continue;
        }
        const batches = (side) => samples[side].map((sample) => sample[row][kind][i]);
        const line = comparison(
          title,
          "µs",
          batches("ours").map(median),
          batches(peer).map(median),
          WANTED[peer],
        );
        lines.push({ ...line, at, levelled: { ours: drift(batches("ours")), theirs: drift(batches(peer)) } });
      }
    }
  }
  return lines;
}

function firstLines(text) {
  return text.split("\n").slice(1, 4).join(" ").slice(0, 200);
}

/**
 * The first batch after the warm-up / the last, the median over the rounds: 1 when the times have levelled off;
 * null when a single call took so long that there was one batch only.
 */
function drift(rounds) {
  const several = rounds.filter((batches) => batches.length > 1);
  return several.length === 0 ? null : median(several.map((batches) => batches[0] / batches.at(-1)));
}

/** What is sent, in words. */
export function label(kind, bytes) {
  if (kind === "object") return bytes <= 8 ? "`{a: 1}`" : `text of ${size(bytes)}`;
  return `${size(bytes)} array`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

async function underTsmpirun(ranks, lanes, plan) {
  const options = ["--oversubscribe", "-n", String(ranks), ...(lanes ? ["--lanes", lanes] : [])];
  const job = [TSMPIRUN, ...options, process.execPath, programPath("osu.js"), JSON.stringify(plan)];
  return JSON.parse((await command(process.execPath, job, AbortSignal.timeout(DEADLINE))).stdout);
}

async function underOpenMpi({ openmpi, mpi4py }, ranks, btl, plan) {
  const options = [...MPIRUN, "--mca", "pml", "ob1", "--mca", "btl", btl, "-n", String(ranks)];
  const job = [...options, mpi4py.program, programPath("osu.py"), JSON.stringify(plan)];
  return JSON.parse((await command(openmpi.program, job, AbortSignal.timeout(DEADLINE))).stdout);
}
