import { command } from "../command.js";
import { node24, nodeVersion } from "../nodes.js";
import { programPath, TSMPIRUN } from "../paths.js";
import { alternate } from "../rounds.js";
import { absence, comparison } from "../statistics.js";

const RANKS_WANTED = 96;
/** For as many ranks: the largest ratios to the floor (Hydra starting as many Nodes that load zeromq) and to Open MPI with mpi4py. */
const WANTED = { 20: { floor: 1.3, mpi4py: 0.7 }, 24: { floor: 1.3, mpi4py: 0.4 } };

/**
 * Starting ranks that reduce their rank and exit: the time from the command to its end.
 *
 * @param {ReturnType<import("../peers.js").findPeers>} peers
 * @param {number} rounds
 * @param {{ n: readonly number[] }} options
 */
export async function measureStart(peers, rounds, { n }) {
  const lines = [];
  for (const node of new Set([process.execPath, node24()])) {
    if (node === undefined) {
      lines.push(absence("start on Node 24", "Node 24 is missing (npm could not install it)"));
      continue;
    }
    for (const ranks of n) lines.push(...(await measureRanks(peers, rounds, node, ranks)));
  }
  return lines;
}

async function measureRanks(peers, rounds, node, ranks) {
  const { hydra, openmpi, mpi4py } = peers;
  const major = nodeVersion(node).split(".")[0];
  const title = `start ${ranks} ranks on Node ${major}`;
  const samples = await alternate(title, rounds, {
    ours: () => underTsmpirun(node, ranks),
    hydra: hydra.program && (() => underHydra(hydra.program, node, ranks)),
    mpi4py: openmpi.program && mpi4py.program && (() => underOpenMpi(peers, ranks)),
  });
  const wanted = (ranks === RANKS_WANTED && WANTED[major]) || {};
  const peer = (name, sample, limit, remedy) => ({
    ...(sample
      ? comparison(`${title} / ${name}`, "s", samples.ours, sample, limit)
      : absence(`${title} / ${name}`, remedy)),
    at: { row: "start", ranks, kind: `Node ${major}`, peer: name },
  });
  return [
    peer("hydra, bare node + zeromq", samples.hydra, wanted.floor, hydra.remedy),
    peer("mpirun + mpi4py", samples.mpi4py, wanted.mpi4py, openmpi.program ? mpi4py.remedy : openmpi.remedy),
  ];
}

/** @param {string} node for the launcher and for the ranks */
async function underTsmpirun(node, ranks) {
  const job = [TSMPIRUN, "--oversubscribe", "-n", String(ranks), node, programPath("reduce.js")];
  return seconds(await command(node, job), ranks);
}

/**
 * @param {string} mpiexec
 * @param {string} node
 * @param {number} ranks
 */
async function underHydra(mpiexec, node, ranks) {
  return (await command(mpiexec, ["-n", String(ranks), node, "-e", 'require("zeromq")'])).seconds;
}

async function underOpenMpi({ openmpi, mpi4py }, ranks) {
  const options = ["--oversubscribe", "--allow-run-as-root", "-n", String(ranks)];
  return seconds(
    await command(openmpi.program, [...options, mpi4py.program, programPath("reduce.py")]),
    ranks,
  );
}

/** The time of a job that did what it should. */
function seconds({ seconds, stdout }, ranks) {
  const sum = (ranks * (ranks - 1)) / 2;
  if (Number(stdout) !== sum) throw new Error(`the ranks' sum is ${sum}, not ${stdout}`);
  return seconds;
}
