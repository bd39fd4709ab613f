import { command } from "../command.js";
import { node24, nodeVersion } from "../nodes.js";
import { programPath, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const RANKS = 96;
const SUM_OF_RANKS = (RANKS * (RANKS - 1)) / 2;

/** Largest ratios to the floor (Hydra starting as many Nodes that load zeromq) and to Open MPI with mpi4py. */
const WANTED = { 20: { floor: 1.3, mpi4py: 0.7 }, 24: { floor: 1.3, mpi4py: 0.4 } };

/**
 * Starting 96 ranks that reduce their rank and exit: the time from the command to its end.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 */
export async function measureStart(peers, rounds) {
  const { hydra, openmpi, mpi4py } = peers;
  const python = openmpi.program && mpi4py.program ? () => underOpenMpi(peers) : undefined;
  const newer = node24();
  const lines = [];
  for (const node of new Set([process.execPath, newer])) {
    if (node === undefined) {
      lines.push(absence("start 96 ranks on Node 24", "Node 24 is missing (npm could not install it)"));
      continue;
    }
    const major = nodeVersion(node).split(".")[0];
    const title = `start ${RANKS} ranks on Node ${major}`;
    const samples = await alternate(title, rounds, {
      ours: () => underTsmpirun(node),
      hydra: hydra.program && (() => underHydra(hydra.program, node)),
      mpi4py: python,
    });
    const wanted = WANTED[major] ?? {};
    const peer = (name, sample, limit, remedy) =>
      sample
        ? comparison(`${title} / ${name}`, "s", samples.ours, sample, limit)
        : absence(`${title} / ${name}`, remedy);
    lines.push(peer("hydra, bare node + zeromq", samples.hydra, wanted.floor, hydra.remedy));
    const remedy = openmpi.program ? mpi4py.remedy : openmpi.remedy;
    lines.push(peer("mpirun + mpi4py", samples.mpi4py, wanted.mpi4py, remedy));
  }
  return lines;
}

/** @param {string} node for the launcher and for the ranks */
async function underTsmpirun(node) {
  const job = [TSMPIRUN, "--oversubscribe", "-n", String(RANKS), node, programPath("reduce.js")];
  return seconds(await command(node, job));
}

/**
 * @param {string} mpiexec
 * @param {string} node
 */
async function underHydra(mpiexec, node) {
  return (await command(mpiexec, ["-n", String(RANKS), node, "-e", 'require("zeromq")'])).seconds;
}

async function underOpenMpi({ openmpi, mpi4py }) {
  const options = ["--oversubscribe", "--allow-run-as-root", "-n", String(RANKS)];
  return seconds(await command(openmpi.program, [...options, mpi4py.program, programPath("reduce.py")]));
}

/** The time of a job that did what it should. */
function seconds({ seconds, stdout }) {
  if (Number(stdout) !== SUM_OF_RANKS) throw new Error(`the ranks' sum is ${SUM_OF_RANKS}, not ${stdout}`);
  return seconds;
}
