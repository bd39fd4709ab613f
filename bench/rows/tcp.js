import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison, median } from "../statistics.js";
import { betweenHosts } from "../two-hosts.js";
import { size } from "./osu.js";

const ROW = "osu_latency";
const SIZES = [8, 65_536, 2 ** 20, 2 ** 24];
const TIMES = { warmUp: 600, sizeWarmUp: 200, milliseconds: 200 };
const QUICK_TIMES = { warmUp: 60, sizeWarmUp: 10, milliseconds: 20 };

/** Which ratios count: ours without encryption, from as many bytes on. */
const WANTED = { "bare zeromq.js": { limit: 1.5, from: 0 }, mpi4py: { limit: 1, from: 2 ** 20 } };

/**
 * One way of an array between ranks of two hosts of a farm (namespaces of this machine with links between them),
 * by tcp: ours encrypted and not, bare zeromq.js, mpi4py on Open MPI.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 * @param {{ quick: boolean }} options
 */
export async function measureTcp({ openmpi, mpi4py }, rounds, { quick }) {
  const support = join(ROOT, "build/test/support/cluster.js");
  const title = "ping-pong between two hosts";
  if (!existsSync(support)) return [absence(title, "run npm run build first")];
  const { bringUp, whyNoCluster } = await import(support);
  const reason = whyNoCluster();
  if (reason) return [absence(title, reason)];
  const farm = await bringUp({ hosts: 2 });
  try {
    const plan = {
      rows: [{ row: ROW, sizes: { array: SIZES } }],
      ...(quick ? QUICK_TIMES : TIMES),
    };
    const jobs = await betweenHosts(farm, { openmpi, mpi4py }, plan);
    const timed = Object.entries(jobs).map(([name, job]) => [
      name,
      job && (async () => (await job())[ROW].array),
    ]);
    const samples = await alternate(title, rounds, Object.fromEntries(timed));
    return ["not encrypted", "encrypted"].flatMap((kind) =>
      Object.entries(WANTED).flatMap(([peer, { limit, from }]) =>
        SIZES.map((bytes, i) => {
          const row = `${title}, ${kind}, ${size(bytes)} / ${peer === "mpi4py" ? "mpi4py, tcp" : peer}`;
          if (samples[peer] === undefined)
            return absence(row, openmpi.program ? mpi4py.remedy : openmpi.remedy);
          const of = (name) => samples[name].map((rows) => median(rows[i]));
          const wanted = kind === "not encrypted" && bytes >= from ? limit : undefined;
          return comparison(row, "µs", of(kind), of(peer), wanted);
        }),
      ),
    );
  } finally {
    await farm.down();
  }
}
