import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { programPath, TSMPIRUN } from "./paths.js";

/** Of node01, the first host of a farm. */
const ADDRESS = "10.77.0.1";
const PORT = 5999;

/**
 * The same plan of osu rows between ranks of two hosts of a farm (namespaces of this machine with links between them), by
 * tcp: ours encrypted and not, bare zeromq.js, mpi4py on Open MPI.
 *
 * @param {{ hosts: readonly string[], directory: string, run: Function }} farm
 * @param {ReturnType<import("./peers.js").findPeers>} peers
 * @param {object} plan
 * @returns {Promise<Record<string, undefined | (() => Promise<Record<string, { array: number[][] }>>)>>} one job each; undefined where
 *   the program is missing
 */
export async function betweenHosts(farm, { openmpi, mpi4py }, plan) {
  const hostfile = join(farm.directory, "home", "hosts");
  await writeFile(hostfile, farm.hosts.map((host) => `${host} slots=1\n`).join(""));
  const text = JSON.stringify(plan);
  const on = async (host, words) => {
    const { code, stdout, stderr } = await farm.run(host, words);
    if (code !== 0) throw new Error(`${words.join(" ")}\nended with ${code}: ${stdout}${stderr}`);
    return stdout;
  };
  const ours = (options) => async () => {
    const job = [TSMPIRUN, "--hostfile", hostfile, "-n", "2", ...options];
    return JSON.parse(
      await on("head", [process.execPath, ...job, process.execPath, programPath("osu.js"), text]),
    );
  };
  const bare = async () => {
    const words = (side) => [
      ...[process.execPath, programPath("osu-zeromq.js"), side],
      ...[`tcp://${ADDRESS}:${PORT}`, text],
    ];
    const [, stdout] = await Promise.all([on("node01", words("pong")), on("node02", words("ping"))]);
    return JSON.parse(stdout);
  };
  const mpirun = [
    ...[openmpi.program, "--allow-run-as-root", "--hostfile", hostfile, "-n", "2"],
    ...["--mca", "pml", "ob1", "--mca", "btl", "tcp,self", "--mca", "mpi_yield_when_idle", "1"],
  ];
  const theirs = async () =>
    JSON.parse(await on("head", [...mpirun, mpi4py.program, programPath("osu.py"), text]));
  return {
    "not encrypted": ours(["--no-encrypt"]),
    encrypted: ours([]),
    "bare zeromq.js": bare,
    mpi4py: openmpi.program && mpi4py.program ? theirs : undefined,
  };
}
