import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { programPath, ROOT, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison, median } from "../statistics.js";
import { size } from "./osu.js";

const ROW = "osu_latency";
const SIZES = [8, 65_536, 2 ** 20, 2 ** 24];
const TIMES = { warmUp: 600, sizeWarmUp: 200, milliseconds: 200 };
const QUICK_TIMES = { warmUp: 60, sizeWarmUp: 10, milliseconds: 20 };
/** Of node01, the first host of a farm. */
const ADDRESS = "10.77.0.1";
const PORT = 5999;

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
    const hostfile = join(farm.directory, "home", "hosts");
    await writeFile(hostfile, farm.hosts.map((host) => `${host} slots=1\n`).join(""));
    const plan = JSON.stringify({
      rows: [{ row: ROW, sizes: { array: SIZES } }],
      ...(quick ? QUICK_TIMES : TIMES),
    });
    const on = async (host, words) => {
      const { code, stdout, stderr } = await farm.run(host, words);
      if (code !== 0) throw new Error(`${words.join(" ")}\nended with ${code}: ${stdout}${stderr}`);
      return stdout;
    };
    const times = (stdout) => JSON.parse(stdout)[ROW].array;
    const ours = (options) => async () => {
      const job = [TSMPIRUN, "--hostfile", hostfile, "-n", "2", ...options];
      return times(
        await on("head", [process.execPath, ...job, process.execPath, programPath("osu.js"), plan]),
      );
    };
    const bare = async () => {
      const words = (side) => [
        ...[process.execPath, programPath("osu-zeromq.js"), side],
        ...[`tcp://${ADDRESS}:${PORT}`, plan],
      ];
      const [, stdout] = await Promise.all([on("node01", words("pong")), on("node02", words("ping"))]);
      return times(stdout);
    };
    const mpirun = [
      ...[openmpi.program, "--allow-run-as-root", "--hostfile", hostfile, "-n", "2"],
      ...["--mca", "pml", "ob1", "--mca", "btl", "tcp,self", "--mca", "mpi_yield_when_idle", "1"],
    ];
    const theirs = async () =>
      times(await on("head", [...mpirun, mpi4py.program, programPath("osu.py"), plan]));
    const samples = await alternate(title, rounds, {
      "not encrypted": ours(["--no-encrypt"]),
      encrypted: ours([]),
      "bare zeromq.js": bare,
      mpi4py: openmpi.program && mpi4py.program && theirs,
    });
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
