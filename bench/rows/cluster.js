import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { programPath, ROOT, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const HOSTS = 4;
const RANKS = 8;
const SUM_OF_RANKS = (RANKS * (RANKS - 1)) / 2;
const WANTED = 0.8;
const SSH = `start ${RANKS} ranks on ${HOSTS} hosts by ssh`;
const SLURM = `start ${RANKS} ranks on ${HOSTS} hosts in salloc`;

/**
 * Starting ranks that reduce their rank and exit on the hosts of a farm (namespaces of this machine with
 * real sshd and Slurm): the time from the command to its end, on the farm's head.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 */
export async function measureCluster({ openmpi, mpi4py }, rounds) {
  const support = join(ROOT, "build/test/support/cluster.js");
  if (!existsSync(support)) return [SSH, SLURM].map((title) => absence(title, "run npm run build first"));
  const { bringUp, whyNoCluster } = await import(support);
  const reason = whyNoCluster({ slurm: true });
  if (reason) return [SSH, SLURM].map((title) => absence(title, reason));
  const farm = await bringUp({ hosts: HOSTS, slurm: true });
  try {
    const hostfile = join(farm.directory, "home", "hosts");
    const perHost = RANKS / HOSTS;
    await writeFile(hostfile, farm.hosts.map((host) => `${host} slots=${perHost}\n`).join(""));
    const onHead = (words) => async () => {
      const { code, seconds, stdout, stderr } = await farm.run("head", words);
      if (code === 0 && Number(stdout) === SUM_OF_RANKS) return seconds;
      throw new Error(`${words.join(" ")}\nended with ${code}: ${stdout}${stderr}`);
    };
    const ours = [process.execPath, TSMPIRUN];
    const program = [process.execPath, programPath("reduce.js")];
    const mpirun = [openmpi.program, "--allow-run-as-root"];
    const python = [mpi4py.program, programPath("reduce.py")];
    const peer = openmpi.program && mpi4py.program;
    const salloc = ["salloc", "-Q", `-N${HOSTS}`, `--ntasks-per-node=${perHost}`];
    const ssh = await alternate(SSH, rounds, {
      ours: onHead([...ours, "--hostfile", hostfile, ...program]),
      mpirun: peer && onHead([...mpirun, "--hostfile", hostfile, ...python]),
    });
    const slurm = await alternate(SLURM, rounds, {
      ours: onHead([...salloc, ...ours, ...program]),
      mpirun: peer && onHead([...salloc, ...mpirun, ...python]),
    });
    return [
      [SSH, ssh],
      [SLURM, slurm],
    ].map(([title, samples]) =>
      samples.mpirun
        ? comparison(`${title} / mpirun + mpi4py`, "s", samples.ours, samples.mpirun, WANTED)
        : absence(`${title} / mpirun + mpi4py`, openmpi.program ? mpi4py.remedy : openmpi.remedy),
    );
  } finally {
    await farm.down();
  }
}
